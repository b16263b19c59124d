import { present } from "#proto/assert.js";
import { message, type MessageName, type Messages } from "#proto/codec/message.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import { ownQuery, type QueryContext, type QueryHandler } from "../../module.js";
import { paginate } from "../../pagination.js";
import { invalidArgument, notFound } from "../../query.js";
import { u64Key } from "../../store/key-codec.js";
import { messageValue } from "../../store/value-codec.js";
import type { Bytes } from "#proto/bytes.js";
import { batchOf, epochOf, isWhole, phaseOf, pointsOf, vouchersOf } from "./batch.js";
import {
  batches,
  byProvider,
  common,
  contests,
  credits,
  creditsOf,
  epochs,
  openings,
  progress,
  residuals,
  royalties,
  uses,
  vouchers,
} from "./keys.js";
import { shownPieces } from "./open.js";
import { paramsOf } from "./params.js";
import { batchTotals } from "./totals.js";

type Page = Messages["tributary.query.v1.PageRequest"] | undefined;

/** One page of a table of messages below a prefix. */
function pageOf<N extends MessageName>(view: QueryContext["view"], name: N, prefix: Bytes, page: Page) {
  const value = messageValue(message(name));
  const found = paginate(view, prefix, page);
  if (isRejection(found)) return found;
  return { rows: found.entries.map(([, bytes]) => value.decode(bytes)), pagination: found.pagination };
}

/** The u64s at the end of the keys of one page. */
function idsOf(view: QueryContext["view"], prefix: Bytes, page: Page) {
  const found = paginate(view, prefix, page);
  if (isRejection(found)) return found;
  const ids = found.entries.map(([key]) => u64Key.decode(key, prefix.length).value);
  return { ids, pagination: found.pagination };
}

type BatchesRequest = Messages["tributary.attribution.v1.QueryBatchesRequest"];
type BatchesResponse = Messages["tributary.attribution.v1.QueryBatchesResponse"];

function batchList({ view, address }: QueryContext, asked: BatchesRequest): BatchesResponse | Rejection {
  if (asked.provider === "") {
    const page = pageOf(view, "tributary.attribution.v1.Batch", batches.prefix, asked.pagination);
    return isRejection(page) ? page : { batches: page.rows, pagination: page.pagination };
  }
  const provider = address.parse(asked.provider);
  if (provider === undefined) return invalidArgument(`${asked.provider} is not an account address of this chain`);
  const page = idsOf(view, byProvider.key([provider]), asked.pagination);
  if (isRejection(page)) return page;
  return { batches: page.ids.map((id) => batches.get(view, [id])!), pagination: page.pagination };
}

type BatchResponse = Messages["tributary.attribution.v1.QueryBatchResponse"];

function oneBatch({ view, height }: QueryContext, batchId: bigint): BatchResponse | Rejection {
  const batch = batches.get(view, [batchId]);
  if (batch === undefined) return notFound(`batch ${batchId}`);
  const epoch = epochOf(view, batch);
  return {
    batch,
    epoch,
    phase: phaseOf(batch, epoch, height),
    whole: isWhole(batch),
    royalties: royalties.get(view, [batchId])?.royalties ?? [],
    progress: progress.get(view, [batchId]),
  };
}

type SampleResponse = Messages["tributary.attribution.v1.QuerySampleResponse"];

function sample({ view }: QueryContext, batchId: bigint): SampleResponse | Rejection {
  const batch = batchOf(view, batchId);
  if (isRejection(batch)) return notFound(`batch ${batchId}`);
  const epoch = epochOf(view, batch);
  const whole = isWhole(batch);
  const deadline = epoch?.deadline ?? 0n;
  if (whole || epoch === undefined || epoch.beacon.length === 0) return { whole, points: [], deadline };
  const list = vouchersOf(view, batch);
  const points = pointsOf(batch, epoch, list).map(({ draw, stretch, point }) => {
    const voucherId = list[stretch]!.id;
    let answered = false;
    for (const [, { intervalFrom, intervalTo }] of openings.range(view, { prefix: [batchId, voucherId] })) {
      answered ||= intervalFrom <= point && point < intervalTo;
    }
    return { draw, voucherId, point, answered };
  });
  return { whole, points, deadline };
}

/** Queries of the module. */
export const queries: Readonly<Record<string, QueryHandler>> = {
  ...ownQuery(
    "/tributary.attribution.v1.Query/Params",
    "tributary.attribution.v1.QueryParamsRequest",
    "tributary.attribution.v1.QueryParamsResponse",
    ({ view }) => ({ params: paramsOf(view) }),
  ),
  ...ownQuery(
    "/tributary.attribution.v1.Query/Batch",
    "tributary.attribution.v1.QueryBatchRequest",
    "tributary.attribution.v1.QueryBatchResponse",
    (context, { batchId }) => oneBatch(context, batchId),
  ),
  ...ownQuery(
    "/tributary.attribution.v1.Query/Batches",
    "tributary.attribution.v1.QueryBatchesRequest",
    "tributary.attribution.v1.QueryBatchesResponse",
    batchList,
  ),
  ...ownQuery(
    "/tributary.attribution.v1.Query/Vouchers",
    "tributary.attribution.v1.QueryVouchersRequest",
    "tributary.attribution.v1.QueryVouchersResponse",
    ({ view }, { batchId, pagination }) => {
      const page = pageOf(view, "tributary.attribution.v1.Voucher", vouchers.key([batchId]), pagination);
      return isRejection(page) ? page : { vouchers: page.rows, pagination: page.pagination };
    },
  ),
  ...ownQuery(
    "/tributary.attribution.v1.Query/Sample",
    "tributary.attribution.v1.QuerySampleRequest",
    "tributary.attribution.v1.QuerySampleResponse",
    (context, { batchId }) => sample(context, batchId),
  ),
  ...ownQuery(
    "/tributary.attribution.v1.Query/Openings",
    "tributary.attribution.v1.QueryOpeningsRequest",
    "tributary.attribution.v1.QueryOpeningsResponse",
    ({ view }, { batchId, pagination }) => {
      const page = pageOf(view, "tributary.attribution.v1.OpenedReceipt", openings.key([batchId]), pagination);
      return isRejection(page) ? page : { openings: page.rows, pagination: page.pagination };
    },
  ),
  ...ownQuery(
    "/tributary.attribution.v1.Query/Opening",
    "tributary.attribution.v1.QueryOpeningRequest",
    "tributary.attribution.v1.QueryOpeningResponse",
    ({ view, address }, { batchId, voucherId, index }) => {
      const opened = openings.get(view, [batchId, voucherId, index]);
      if (opened === undefined) return notFound(`opening of receipt ${index} under voucher ${voucherId}`);
      const opener = present(address.parse(opened.opener), "an opener is an address");
      return { opened, pieces: shownPieces(view, batchId, opened, opener) };
    },
  ),
  ...ownQuery(
    "/tributary.attribution.v1.Query/Contests",
    "tributary.attribution.v1.QueryContestsRequest",
    "tributary.attribution.v1.QueryContestsResponse",
    ({ view }, { batchId, pagination }) => {
      const page = pageOf(view, "tributary.attribution.v1.Contest", contests.key([batchId]), pagination);
      return isRejection(page) ? page : { contests: page.rows, pagination: page.pagination };
    },
  ),
  ...ownQuery(
    "/tributary.attribution.v1.Query/Uses",
    "tributary.attribution.v1.QueryUsesRequest",
    "tributary.attribution.v1.QueryUsesResponse",
    ({ view }, { contributionId, pagination }) => {
      const page = pageOf(view, "tributary.attribution.v1.Use", uses.key([contributionId]), pagination);
      return isRejection(page) ? page : { uses: page.rows, pagination: page.pagination };
    },
  ),
  ...ownQuery(
    "/tributary.attribution.v1.Query/Credits",
    "tributary.attribution.v1.QueryCreditsRequest",
    "tributary.attribution.v1.QueryCreditsResponse",
    ({ view }, { batchId, pagination }) => {
      const page = pageOf(view, "tributary.attribution.v1.Credit", credits.key([batchId]), pagination);
      return isRejection(page) ? page : { credits: page.rows, pagination: page.pagination };
    },
  ),
  ...ownQuery(
    "/tributary.attribution.v1.Query/ContributionCredits",
    "tributary.attribution.v1.QueryContributionCreditsRequest",
    "tributary.attribution.v1.QueryContributionCreditsResponse",
    ({ view }, { contributionId, pagination }) => {
      const page = idsOf(view, creditsOf.key([contributionId]), pagination);
      if (isRejection(page)) return page;
      return { credits: page.ids.map((id) => credits.get(view, [id, contributionId])!), pagination: page.pagination };
    },
  ),
  ...ownQuery(
    "/tributary.attribution.v1.Query/Epoch",
    "tributary.attribution.v1.QueryEpochRequest",
    "tributary.attribution.v1.QueryEpochResponse",
    ({ view }, { number }) => {
      const epoch = epochs.get(view, [number]);
      return epoch === undefined ? notFound(`epoch ${number}`) : { epoch };
    },
  ),
  ...ownQuery(
    "/tributary.attribution.v1.Query/Residuals",
    "tributary.attribution.v1.QueryResidualsRequest",
    "tributary.attribution.v1.QueryResidualsResponse",
    ({ view }, { pagination }) => {
      const page = pageOf(view, "tributary.attribution.v1.Residual", residuals.prefix, pagination);
      return isRejection(page) ? page : { residuals: page.rows, pagination: page.pagination };
    },
  ),
  ...ownQuery(
    "/tributary.attribution.v1.Query/Common",
    "tributary.attribution.v1.QueryCommonRequest",
    "tributary.attribution.v1.QueryCommonResponse",
    ({ view }, { pagination }) => {
      const page = idsOf(view, common.prefix, pagination);
      return isRejection(page) ? page : { fingerprints: page.ids, pagination: page.pagination };
    },
  ),
  ...ownQuery(
    "/tributary.attribution.v1.Query/Totals",
    "tributary.attribution.v1.QueryTotalsRequest",
    "tributary.attribution.v1.QueryTotalsResponse",
    ({ view }) => ({ totals: batchTotals(view) }),
  ),
};
