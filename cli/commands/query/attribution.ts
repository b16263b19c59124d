import { field } from "../../message/fields.js";
import { columns, queryCommand } from "../../message/query-command.js";

const path = (name: string): string => `/tributary.attribution.v1.Query/${name}`;
const batchId = field.id("The batch.");

const creditColumns = columns(
  ["BATCH", "batch_id", "right"],
  ["CONTRIBUTION", "contribution_id", "right"],
  ["OWNER", "owner"],
  ["POSITIONS", "positions", "right"],
  ["RECEIPTS", "receipts", "right"],
  ["AMOUNT", "amount", "right"],
  ["TREASURY", "treasury", "right"],
);

const queryAttributionBatch = queryCommand({
  path: "query attribution batch",
  query: path("Batch"),
  request: "tributary.attribution.v1.QueryBatchRequest",
  response: "tributary.attribution.v1.QueryBatchResponse",
  summary: "Show a batch: its fees, its pool, its phase and, once settled, where the pool went.",
  args: { batchId },
  example: ["query attribution batch 2"],
});

const queryAttributionBatches = queryCommand({
  path: "query attribution batches",
  query: path("Batches"),
  request: "tributary.attribution.v1.QueryBatchesRequest",
  response: "tributary.attribution.v1.QueryBatchesResponse",
  summary: "List the batches, all or those of one provider.",
  flags: { provider: field.address("Only the batches of this provider.") },
  list: {
    field: "batches",
    id: "id",
    columns: columns(
      ["ID", "id", "right"],
      ["EPOCH", "epoch", "right"],
      ["VERSION", "version_id", "right"],
      ["RECEIPTS", "receipts", "right"],
      ["FEES", "fees", "right"],
      ["POOL", "pool", "right"],
      ["PROVIDER", "provider"],
    ),
  },
  example: ["query attribution batches", "query attribution batches --provider bob -q"],
});

const queryAttributionVouchers = queryCommand({
  path: "query attribution vouchers",
  query: path("Vouchers"),
  request: "tributary.attribution.v1.QueryVouchersRequest",
  response: "tributary.attribution.v1.QueryVouchersResponse",
  summary: "List the vouchers of a batch.",
  args: { batchId },
  list: {
    field: "vouchers",
    id: "id",
    columns: columns(
      ["ID", "id", "right"],
      ["CHANNEL", "channel_id", "right"],
      ["NONCE", "nonce", "right"],
      ["FEE", "fee", "right"],
      ["AUDITED", "audit_sum", "right"],
      ["RECEIPTS", "audit_count", "right"],
      ["ROOT", "audit_root"],
    ),
  },
  example: ["query attribution vouchers 2"],
});

const queryAttributionSample = queryCommand({
  path: "query attribution sample",
  query: path("Sample"),
  request: "tributary.attribution.v1.QuerySampleRequest",
  response: "tributary.attribution.v1.QuerySampleResponse",
  summary: "Show which receipts of a batch must be opened, and the deadline.",
  args: { batchId },
  example: ["query attribution sample 2 -o json"],
});

const queryAttributionOpenings = queryCommand({
  path: "query attribution openings",
  query: path("Openings"),
  request: "tributary.attribution.v1.QueryOpeningsRequest",
  response: "tributary.attribution.v1.QueryOpeningsResponse",
  summary: "List the opened receipts of a batch, as they were sent.",
  args: { batchId },
  list: {
    field: "openings",
    id: "height",
    columns: columns(
      ["HEIGHT", "height", "right"],
      ["FROM", "interval_from", "right"],
      ["TO", "interval_to", "right"],
      ["OPENER", "opener"],
    ),
  },
  example: ["query attribution openings 2 -o json"],
});

const queryAttributionCredits = queryCommand({
  path: "query attribution credits",
  query: path("Credits"),
  request: "tributary.attribution.v1.QueryCreditsRequest",
  response: "tributary.attribution.v1.QueryCreditsResponse",
  summary: "List what each contribution earned in a batch.",
  args: { batchId },
  list: { field: "credits", id: "contribution_id", columns: creditColumns },
  example: ["query attribution credits 2"],
});

const queryAttributionContributionCredits = queryCommand({
  path: "query attribution contribution-credits",
  query: path("ContributionCredits"),
  request: "tributary.attribution.v1.QueryContributionCreditsRequest",
  response: "tributary.attribution.v1.QueryContributionCreditsResponse",
  summary: "List what a contribution earned, batch by batch.",
  args: { contributionId: field.id("The contribution.") },
  list: { field: "credits", id: "batch_id", columns: creditColumns },
  example: ["query attribution contribution-credits 7"],
});

const queryAttributionEpoch = queryCommand({
  path: "query attribution epoch",
  query: path("Epoch"),
  request: "tributary.attribution.v1.QueryEpochRequest",
  response: "tributary.attribution.v1.QueryEpochResponse",
  summary: "Show an epoch: when its batches were formed, which beacon samples them.",
  args: { number: field.u64("Its number.") },
  example: ["query attribution epoch 2"],
});

const queryAttributionResiduals = queryCommand({
  path: "query attribution residuals",
  query: path("Residuals"),
  request: "tributary.attribution.v1.QueryResidualsRequest",
  response: "tributary.attribution.v1.QueryResidualsResponse",
  summary: "List the residuals by version: value that no contribution matched.",
  list: {
    field: "residuals",
    id: "version_id",
    columns: columns(
      ["VERSION", "version_id", "right"],
      ["RESIDUAL", "residual", "right"],
      ["FORFEITED", "forfeited", "right"],
    ),
  },
  example: ["query attribution residuals"],
});

const queryAttributionCommon = queryCommand({
  path: "query attribution common",
  query: path("Common"),
  request: "tributary.attribution.v1.QueryCommonRequest",
  response: "tributary.attribution.v1.QueryCommonResponse",
  summary: "List the fingerprints of common phrases, which earn nothing.",
  list: { field: "fingerprints", id: "fingerprint", columns: columns(["FINGERPRINT", "fingerprint", "right"]) },
  example: ["query attribution common"],
});

const queryAttributionTotals = queryCommand({
  path: "query attribution totals",
  query: path("Totals"),
  request: "tributary.attribution.v1.QueryTotalsRequest",
  response: "tributary.attribution.v1.QueryTotalsResponse",
  summary: "Show the sums of all batches since genesis.",
  example: ["query attribution totals"],
});

const queryAttributionParams = queryCommand({
  path: "query attribution params",
  query: path("Params"),
  request: "tributary.attribution.v1.QueryParamsRequest",
  response: "tributary.attribution.v1.QueryParamsResponse",
  summary: "Show the module's parameters.",
  example: ["query attribution params"],
});

export default [
  queryAttributionBatch,
  queryAttributionBatches,
  queryAttributionVouchers,
  queryAttributionSample,
  queryAttributionOpenings,
  queryAttributionCredits,
  queryAttributionContributionCredits,
  queryAttributionEpoch,
  queryAttributionResiduals,
  queryAttributionCommon,
  queryAttributionTotals,
  queryAttributionParams,
];
