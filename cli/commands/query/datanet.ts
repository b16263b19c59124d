import { field } from "../../message/fields.js";
import { columns, queryCommand } from "../../message/query-command.js";

const path = (name: string): string => `/tributary.datanet.v1.Query/${name}`;
const datanetId = field.datanet("The datanet.");
const contributionId = field.id("The contribution.");

const contributionColumns = columns(
  ["ID", "id", "right"],
  ["DATANET", "datanet_id", "right"],
  ["OWNER", "owner"],
  ["STATUS", "status"],
  ["FINGERPRINTS", "fp_count", "right"],
  ["FIRST", "first_committed", "right"],
  ["TITLE", "title"],
);

const releaseColumns = columns(
  ["DATANET", "datanet_id", "right"],
  ["NUMBER", "number", "right"],
  ["HEIGHT", "height", "right"],
  ["CONTRIBUTIONS", "contributions", "right"],
  ["ROOT", "root"],
  ["NOTES", "notes"],
);

const queryDatanet = queryCommand({
  path: "query datanet show",
  query: path("Datanet"),
  request: "tributary.datanet.v1.QueryDatanetRequest",
  response: "tributary.datanet.v1.QueryDatanetResponse",
  summary: "Show a datanet with its current terms.",
  args: { datanetId },
  example: ["query datanet show 1", "query datanet show speeches -o json"],
});

const queryDatanets = queryCommand({
  path: "query datanet list",
  query: path("Datanets"),
  request: "tributary.datanet.v1.QueryDatanetsRequest",
  response: "tributary.datanet.v1.QueryDatanetsResponse",
  summary: "List the datanets.",
  list: {
    field: "datanets",
    id: "id",
    columns: columns(["ID", "id", "right"], ["NAME", "slug"], ["ADMISSION", "admission"], ["TITLE", "title"]),
  },
  example: ["query datanet list", "query datanet list -q"],
});

const queryDatanetTerms = queryCommand({
  path: "query datanet terms",
  query: path("Terms"),
  request: "tributary.datanet.v1.QueryTermsRequest",
  response: "tributary.datanet.v1.QueryTermsResponse",
  summary: "Show a version of a datanet's terms.",
  args: { datanetId, version: field.count("The version.") },
  example: ["query datanet terms 1 1"],
});

const queryDatanetAllowList = queryCommand({
  path: "query datanet allow-list",
  query: path("AllowList"),
  request: "tributary.datanet.v1.QueryAllowListRequest",
  response: "tributary.datanet.v1.QueryAllowListResponse",
  summary: "List who may contribute to a datanet with an allow-list.",
  args: { datanetId },
  list: { field: "contributors", id: "contributor", columns: columns(["CONTRIBUTOR", "contributor"]) },
  example: ["query datanet allow-list 1"],
});

const queryDatanetContribution = queryCommand({
  path: "query datanet contribution",
  query: path("Contribution"),
  request: "tributary.datanet.v1.QueryContributionRequest",
  response: "tributary.datanet.v1.QueryContributionResponse",
  summary: "Show a contribution: its status, and how many of its fingerprints are new.",
  args: { contributionId },
  example: ["query datanet contribution 7"],
});

const queryDatanetContributions = queryCommand({
  path: "query datanet contributions",
  query: path("Contributions"),
  request: "tributary.datanet.v1.QueryContributionsRequest",
  response: "tributary.datanet.v1.QueryContributionsResponse",
  summary: "List the contributions of a datanet.",
  args: { datanetId },
  list: { field: "contributions", id: "id", columns: contributionColumns },
  example: ["query datanet contributions speeches", "query datanet contributions 1 -q"],
});

const queryDatanetContributionsByOwner = queryCommand({
  path: "query datanet contributions-by-owner",
  query: path("ContributionsByOwner"),
  request: "tributary.datanet.v1.QueryContributionsByOwnerRequest",
  response: "tributary.datanet.v1.QueryContributionsByOwnerResponse",
  summary: "List what one contributor has contributed.",
  args: { owner: field.address("The contributor.") },
  list: { field: "contributions", id: "id", columns: contributionColumns },
  example: ["query datanet contributions-by-owner alice"],
});

const queryDatanetConsent = queryCommand({
  path: "query datanet consent",
  query: path("Consent"),
  request: "tributary.datanet.v1.QueryConsentRequest",
  response: "tributary.datanet.v1.QueryConsentResponse",
  summary: "Show the consent receipt of a contribution: who agreed to which terms, when.",
  args: { contributionId },
  example: ["query datanet consent 7"],
});

const queryDatanetReviews = queryCommand({
  path: "query datanet reviews",
  query: path("Reviews"),
  request: "tributary.datanet.v1.QueryReviewsRequest",
  response: "tributary.datanet.v1.QueryReviewsResponse",
  summary: "Show the curators' verdicts on a contribution.",
  args: { contributionId },
  list: {
    field: "reviews",
    id: "curator",
    columns: columns(
      ["CURATOR", "curator"],
      ["VERDICT", "verdict"],
      ["REASON", "reason"],
      ["HEIGHT", "height", "right"],
      ["NOTE", "note"],
    ),
  },
  example: ["query datanet reviews 7"],
});

const queryDatanetRelease = queryCommand({
  path: "query datanet release",
  query: path("Release"),
  request: "tributary.datanet.v1.QueryReleaseRequest",
  response: "tributary.datanet.v1.QueryReleaseResponse",
  summary: "Show a release of a datanet.",
  args: { datanetId, number: field.count("Its number; 0 is the latest.") },
  example: ["query datanet release 1 0"],
});

const queryDatanetReleases = queryCommand({
  path: "query datanet releases",
  query: path("Releases"),
  request: "tributary.datanet.v1.QueryReleasesRequest",
  response: "tributary.datanet.v1.QueryReleasesResponse",
  summary: "List the releases of a datanet.",
  args: { datanetId },
  list: {
    field: "releases",
    id: "number",
    columns: releaseColumns,
  },
  example: ["query datanet releases 1"],
});

const queryDatanetReach = queryCommand({
  path: "query datanet reach",
  query: path("Reach"),
  request: "tributary.datanet.v1.QueryReachRequest",
  response: "tributary.datanet.v1.QueryReachResponse",
  summary: "Show which releases hold a contribution: what a withdrawal touches.",
  args: { contributionId },
  list: { field: "releases", id: "number", columns: releaseColumns },
  example: ["query datanet reach 7"],
});

const queryDatanetHolders = queryCommand({
  path: "query datanet holders",
  query: path("Holders"),
  request: "tributary.datanet.v1.QueryHoldersRequest",
  response: "tributary.datanet.v1.QueryHoldersResponse",
  summary: "Show which contributions hold a fingerprint.",
  args: { fingerprint: field.hex("The fingerprint, 16 hex digits.") },
  list: { field: "contributionIds", id: "id", columns: columns(["CONTRIBUTION", "id", "right"]) },
  example: ["query datanet holders 00112233445566ff"],
});

const queryDatanetParams = queryCommand({
  path: "query datanet params",
  query: path("Params"),
  request: "tributary.datanet.v1.QueryParamsRequest",
  response: "tributary.datanet.v1.QueryParamsResponse",
  summary: "Show the module's parameters.",
  example: ["query datanet params"],
});

export default [
  queryDatanet,
  queryDatanets,
  queryDatanetTerms,
  queryDatanetAllowList,
  queryDatanetContribution,
  queryDatanetContributions,
  queryDatanetContributionsByOwner,
  queryDatanetConsent,
  queryDatanetReviews,
  queryDatanetRelease,
  queryDatanetReleases,
  queryDatanetReach,
  queryDatanetHolders,
  queryDatanetParams,
];
