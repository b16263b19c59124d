import { field } from "../../message/fields.js";
import { columns, queryCommand } from "../../message/query-command.js";

const path = (name: string): string => `/tributary.model.v1.Query/${name}`;
const modelId = field.model("The model.");
const versionId = field.id("The version.");

const queryModel = queryCommand({
  path: "query model show",
  query: path("Model"),
  request: "tributary.model.v1.QueryModelRequest",
  response: "tributary.model.v1.QueryModelResponse",
  summary: "Show a model.",
  args: { modelId },
  example: ["query model show 1", "query model show sotu-ngram"],
});

const queryModels = queryCommand({
  path: "query model list",
  query: path("Models"),
  request: "tributary.model.v1.QueryModelsRequest",
  response: "tributary.model.v1.QueryModelsResponse",
  summary: "List the models.",
  list: {
    field: "models",
    id: "id",
    columns: columns(
      ["ID", "id", "right"],
      ["NAME", "slug"],
      ["OWNER", "owner"],
      ["VERSIONS", "versions", "right"],
      ["TITLE", "title"],
    ),
  },
  example: ["query model list"],
});

const queryModelVersion = queryCommand({
  path: "query model version",
  query: path("Version"),
  request: "tributary.model.v1.QueryVersionRequest",
  response: "tributary.model.v1.QueryVersionResponse",
  summary: "Show a version: weights, data, parents, fee rules, stage.",
  args: { versionId },
  example: ["query model version 1"],
});

const queryModelVersions = queryCommand({
  path: "query model versions",
  query: path("Versions"),
  request: "tributary.model.v1.QueryVersionsRequest",
  response: "tributary.model.v1.QueryVersionsResponse",
  summary: "List the versions of a model.",
  args: { modelId },
  list: {
    field: "versions",
    id: "id",
    columns: columns(
      ["ID", "id", "right"],
      ["NUMBER", "number", "right"],
      ["LABEL", "label"],
      ["STAGE", "stage"],
      ["HEIGHT", "height", "right"],
    ),
  },
  example: ["query model versions 1"],
});

const queryModelStages = queryCommand({
  path: "query model stages",
  query: path("Stages"),
  request: "tributary.model.v1.QueryStagesRequest",
  response: "tributary.model.v1.QueryStagesResponse",
  summary: "List the stages of a version: from when, and who set them.",
  args: { versionId },
  list: {
    field: "changes",
    id: "height",
    columns: columns(["HEIGHT", "height", "right"], ["STAGE", "stage"], ["BY", "by"]),
  },
  example: ["query model stages 1"],
});

const queryModelProductionAt = queryCommand({
  path: "query model production-at",
  query: path("ProductionAt"),
  request: "tributary.model.v1.QueryProductionAtRequest",
  response: "tributary.model.v1.QueryProductionAtResponse",
  summary: "Show which versions of a model were in production at a time.",
  args: { modelId },
  flags: { time: field.u64("Unix milliseconds; now unless given.") },
  list: {
    field: "versions",
    id: "id",
    columns: columns(["ID", "id", "right"], ["LABEL", "label"], ["STAGE", "stage"]),
  },
  example: ["query model production-at 1"],
});

const queryModelEvaluations = queryCommand({
  path: "query model evaluations",
  query: path("Evaluations"),
  request: "tributary.model.v1.QueryEvaluationsRequest",
  response: "tributary.model.v1.QueryEvaluationsResponse",
  summary: "List the evaluations of a version.",
  args: { versionId },
  list: {
    field: "evaluations",
    id: "id",
    columns: columns(
      ["ID", "id", "right"],
      ["BENCHMARK", "benchmark"],
      ["METRIC", "metric"],
      ["VALUE", "value", "right"],
      ["BY", "evaluator"],
    ),
  },
  example: ["query model evaluations 1"],
});

const queryModelChildren = queryCommand({
  path: "query model children",
  query: path("Children"),
  request: "tributary.model.v1.QueryChildrenRequest",
  response: "tributary.model.v1.QueryChildrenResponse",
  summary: "List the versions that were made from a version.",
  args: { versionId },
  list: { field: "versionIds", id: "id", columns: columns(["VERSION", "id", "right"]) },
  example: ["query model children 1"],
});

const queryModelEligibleReleases = queryCommand({
  path: "query model eligible-releases",
  query: path("EligibleReleases"),
  request: "tributary.model.v1.QueryEligibleReleasesRequest",
  response: "tributary.model.v1.QueryEligibleReleasesResponse",
  summary: "List the releases whose contributors are paid for a version's use, own and inherited.",
  args: { versionId },
  list: {
    field: "releases",
    id: "number",
    columns: columns(["DATANET", "datanet_id", "right"], ["RELEASE", "number", "right"]),
  },
  example: ["query model eligible-releases 1"],
});

const queryModelEligible = queryCommand({
  path: "query model eligible",
  query: path("Eligible"),
  request: "tributary.model.v1.QueryEligibleRequest",
  response: "tributary.model.v1.QueryEligibleResponse",
  summary: "Ask whether a contribution can be paid for a version's use.",
  args: { versionId, contributionId: field.id("The contribution.") },
  example: ["query model eligible 1 7"],
});

const queryModelFeeShares = queryCommand({
  path: "query model fee-shares",
  query: path("FeeShares"),
  request: "tributary.model.v1.QueryFeeSharesRequest",
  response: "tributary.model.v1.QueryFeeSharesResponse",
  summary: "Show where each fee for a version goes, in basis points.",
  args: { versionId },
  example: ["query model fee-shares 1"],
});

const queryModelReach = queryCommand({
  path: "query model reach",
  query: path("Reach"),
  request: "tributary.model.v1.QueryReachRequest",
  response: "tributary.model.v1.QueryReachResponse",
  summary: "List the versions that a contribution has reached: what a withdrawal touches.",
  args: { contributionId: field.id("The contribution.") },
  list: {
    field: "versions",
    id: "version_id",
    columns: columns(["VERSION", "version_id", "right"], ["MODEL", "model_id", "right"], ["DIRECT", "direct"]),
  },
  example: ["query model reach 7"],
});

export default [
  queryModel,
  queryModels,
  queryModelVersion,
  queryModelVersions,
  queryModelStages,
  queryModelProductionAt,
  queryModelEvaluations,
  queryModelChildren,
  queryModelEligibleReleases,
  queryModelEligible,
  queryModelFeeShares,
  queryModelReach,
];
