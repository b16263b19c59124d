import { eligibleRootAt } from "#proto/attribution/eligible-set.js";
import { BURN_BASIS_POINTS, VALIDATORS_BASIS_POINTS } from "#proto/attribution/fee.js";
import { present } from "#proto/assert.js";
import { readU64be, type Bytes } from "#proto/bytes.js";
import type { Messages } from "#proto/codec/message.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import { ownQuery, type QueryContext, type QueryHandler } from "../../module.js";
import { paginate } from "../../pagination.js";
import { invalidArgument, notFound } from "../../query.js";
import type { Entry } from "../../store/base.js";
import { u32Key, u64Key } from "../../store/key-codec.js";
import type { ReadView } from "../../store/view.js";
import { contributionOf } from "../datanet/index.js";
import { stages as stageCodes } from "./codes.js";
import { byModel, children, evaluations, models, slugs, stages } from "./keys.js";
import { limits } from "./limits.js";
import { reachOf } from "./reach.js";
import { feeSharesOf, isEligible, modelOf, ownerOfVersion, versionOf, type Version } from "./records.js";
import { atOrAbove, readReleaseKey, releaseKey } from "./release-set.js";

const V1 = "tributary.model.v1";
const PATH = `/${V1}.Query`;

type PageRequest = Messages["tributary.query.v1.PageRequest"] | undefined;

function page<T>(view: ReadView, prefix: Bytes, request: PageRequest, read: (entry: Entry) => T) {
  const found = paginate(view, prefix, request);
  return isRejection(found) ? found : { rows: found.entries.map(read), pagination: found.pagination };
}

function findVersion({ view }: QueryContext, id: bigint): Version | Rejection {
  return versionOf(view, id) ?? notFound(`version ${id}`);
}

function pageSize(limit: number): number {
  return limit === 0 ? limits.pageDefault : Math.min(limit, limits.pageMax);
}

const aboutModels: Readonly<Record<string, QueryHandler>> = {
  ...ownQuery(`${PATH}/Model`, `${V1}.QueryModelRequest`, `${V1}.QueryModelResponse`, ({ view }, request) => {
    const id = request.modelId === 0n ? slugs.get(view, [request.slug]) : request.modelId;
    const model = id === undefined ? undefined : modelOf(view, id);
    return model === undefined ? notFound(`model ${id ?? request.slug}`) : { model };
  }),
  ...ownQuery(`${PATH}/Models`, `${V1}.QueryModelsRequest`, `${V1}.QueryModelsResponse`, ({ view }, request) => {
    const found = page(view, models.prefix, request.pagination, ([key]) =>
      present(modelOf(view, readU64be(key, models.prefix.length)), "the table's own key"),
    );
    return isRejection(found) ? found : { models: found.rows, pagination: found.pagination };
  }),
};

/** Versions of one model, in the order of their numbers. */
function versionPage({ view }: QueryContext, modelId: bigint, request: PageRequest) {
  return page(view, byModel.key([modelId]), request, ([, value]) =>
    present(versionOf(view, readU64be(value)), "an index names versions that exist"),
  );
}

/** The stage at a time in unix milliseconds; undefined before publication. */
function stageAt(view: ReadView, { id }: Version, time: bigint): number | undefined {
  for (const [, change] of stages.range(view, { prefix: [id], reverse: true })) {
    if (change.time <= time) return change.stage;
  }
  return undefined;
}

const aboutVersions: Readonly<Record<string, QueryHandler>> = {
  ...ownQuery(`${PATH}/Version`, `${V1}.QueryVersionRequest`, `${V1}.QueryVersionResponse`, (context, request) => {
    const version = findVersion(context, request.versionId);
    return isRejection(version) ? version : { version, owner: ownerOfVersion(context.view, version.id) };
  }),
  ...ownQuery(`${PATH}/Versions`, `${V1}.QueryVersionsRequest`, `${V1}.QueryVersionsResponse`, (context, request) => {
    const found = versionPage(context, request.modelId, request.pagination);
    return isRejection(found) ? found : { versions: found.rows, pagination: found.pagination };
  }),
  ...ownQuery(
    `${PATH}/ProductionAt`,
    `${V1}.QueryProductionAtRequest`,
    `${V1}.QueryProductionAtResponse`,
    (context, request) => {
      const time = request.time === 0n ? context.time : request.time;
      const found = versionPage(context, request.modelId, request.pagination);
      if (isRejection(found)) return found;
      const inProduction = found.rows.filter((row) => stageAt(context.view, row, time) === stageCodes.production);
      return { versions: inProduction, pagination: found.pagination };
    },
  ),
  ...ownQuery(`${PATH}/Stages`, `${V1}.QueryStagesRequest`, `${V1}.QueryStagesResponse`, ({ view }, request) => {
    const { versionId } = request;
    const found = page(view, stages.key([versionId]), request.pagination, ([key]) =>
      present(stages.get(view, [versionId, u32Key.decode(key, key.length - 4).value]), "the table's own key"),
    );
    return isRejection(found) ? found : { changes: found.rows, pagination: found.pagination };
  }),
  ...ownQuery(
    `${PATH}/Evaluations`,
    `${V1}.QueryEvaluationsRequest`,
    `${V1}.QueryEvaluationsResponse`,
    ({ view }, request) => {
      const { versionId } = request;
      const found = page(view, evaluations.key([versionId]), request.pagination, ([key]) =>
        present(evaluations.get(view, [versionId, u64Key.decode(key, key.length - 8).value]), "the table's own key"),
      );
      return isRejection(found) ? found : { evaluations: found.rows, pagination: found.pagination };
    },
  ),
  ...ownQuery(
    `${PATH}/FeeShares`,
    `${V1}.QueryFeeSharesRequest`,
    `${V1}.QueryFeeSharesResponse`,
    (context, request) => {
      const version = findVersion(context, request.versionId);
      if (isRejection(version)) return version;
      const { contributorBasisPoints, providerBasisPoints, royalties } = feeSharesOf(context.view, version.id);
      return {
        burnBasisPoints: Number(BURN_BASIS_POINTS),
        validatorsBasisPoints: Number(VALIDATORS_BASIS_POINTS),
        contributorBasisPoints: Number(contributorBasisPoints),
        providerBasisPoints: Number(providerBasisPoints),
        royalties: royalties.map(({ versionId, basisPoints }) => ({ versionId, basisPoints: Number(basisPoints) })),
      };
    },
  ),
};

const aboutLineage: Readonly<Record<string, QueryHandler>> = {
  ...ownQuery(`${PATH}/Children`, `${V1}.QueryChildrenRequest`, `${V1}.QueryChildrenResponse`, ({ view }, request) => {
    const found = page(view, children.key([request.versionId]), request.pagination, ([key]) =>
      readU64be(key, key.length - 8),
    );
    return isRejection(found) ? found : { versionIds: found.rows, pagination: found.pagination };
  }),
  ...ownQuery(
    `${PATH}/EligibleReleases`,
    `${V1}.QueryEligibleReleasesRequest`,
    `${V1}.QueryEligibleReleasesResponse`,
    (context, request) => {
      const version = findVersion(context, request.versionId);
      if (isRejection(version)) return version;
      const start = request.key.length === 0 ? { datanetId: 0n, number: 0 } : readReleaseKey(request.key);
      if (start === undefined) return invalidArgument("key is not a next_key of this query");
      const releases: { datanetId: bigint; number: number }[] = [];
      const root = eligibleRootAt(version, context.height);
      let next = atOrAbove(context.view, root, start);
      while (next !== undefined && releases.length < pageSize(request.limit)) {
        releases.push(next);
        const { datanetId, number } = next;
        next = atOrAbove(context.view, root, { datanetId, number: number + 1 });
      }
      return { releases, nextKey: next === undefined ? new Uint8Array(0) : releaseKey(next) };
    },
  ),
  ...ownQuery(`${PATH}/Eligible`, `${V1}.QueryEligibleRequest`, `${V1}.QueryEligibleResponse`, (context, request) => {
    const version = findVersion(context, request.versionId);
    if (isRejection(version)) return version;
    const contribution = contributionOf(context.view, request.contributionId);
    if (contribution === undefined) return notFound(`contribution ${request.contributionId}`);
    return { eligible: isEligible(context.view, version.id, contribution, context.height) };
  }),
  ...ownQuery(`${PATH}/Reach`, `${V1}.QueryReachRequest`, `${V1}.QueryReachResponse`, ({ view }, request) => {
    const contribution = contributionOf(view, request.contributionId);
    if (contribution === undefined) return notFound(`contribution ${request.contributionId}`);
    const reached = reachOf(view, contribution).filter(({ versionId }) => versionId > request.afterVersionId);
    const versions = reached.slice(0, pageSize(request.limit));
    return {
      versions,
      nextAfter: reached.length > versions.length ? present(versions.at(-1), "a full page").versionId : 0n,
    };
  }),
};

/** Queries of the module. */
export const queries: Readonly<Record<string, QueryHandler>> = { ...aboutModels, ...aboutVersions, ...aboutLineage };
