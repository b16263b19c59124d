import { present } from "#proto/assert.js";
import { readU32be, readU64be, type Bytes } from "#proto/bytes.js";
import { FINGERPRINT_BYTES } from "#proto/attribution/packed.js";
import type { Messages } from "#proto/codec/message.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import { ownQuery, type QueryContext, type QueryHandler } from "../../module.js";
import { paginate } from "../../pagination.js";
import { invalidArgument, notFound } from "../../query.js";
import type { Entry } from "../../store/base.js";
import type { ReadView } from "../../store/view.js";
import {
  allowed,
  byDatanet,
  byOwner,
  chunks,
  commitments,
  datanets,
  releases,
  reviews,
  slugs,
  uploads,
} from "./keys.js";
import { fingerprintPrice, takenOf } from "./deposits.js";
import { limits } from "./limits.js";
import { contributionOf, countsOf, datanetOf, inRelease, paramsOf, releaseOf, termsOf, treasuryOf } from "./records.js";
import type { Contribution, Datanet, Release } from "./records.js";
import { proveInRelease } from "./release-tree.js";
import { firstCommittedShare } from "./upload.js";

const V1 = "tributary.datanet.v1";
const PATH = `/${V1}.Query`;

type PageRequest = Messages["tributary.query.v1.PageRequest"] | undefined;
type PageResponse = Messages["tributary.query.v1.PageResponse"];

/** A page of a table, each entry read by `read`. */
function page<T>(
  view: ReadView,
  prefix: Bytes,
  request: PageRequest,
  read: (entry: Entry) => T,
): { readonly rows: T[]; readonly pagination: PageResponse } | Rejection {
  const found = paginate(view, prefix, request);
  return isRejection(found) ? found : { rows: found.entries.map(read), pagination: found.pagination };
}

const lastU64 = (key: Bytes): bigint => readU64be(key, key.length - 8);

function findDatanet({ view }: QueryContext, id: bigint, slug: string): Datanet | Rejection {
  const wanted = id === 0n ? slugs.get(view, [slug]) : id;
  return (wanted === undefined ? undefined : datanetOf(view, wanted)) ?? notFound(`datanet ${id === 0n ? slug : id}`);
}

function findContribution({ view }: QueryContext, id: bigint): Contribution | Rejection {
  return contributionOf(view, id) ?? notFound(`contribution ${id}`);
}

function contributionPage({ view }: QueryContext, prefix: Bytes, request: PageRequest) {
  const found = page(view, prefix, request, ([key]) =>
    present(contributionOf(view, lastU64(key)), "an index names contributions that exist"),
  );
  return isRejection(found) ? found : { contributions: found.rows, pagination: found.pagination };
}

const aboutDatanets: Readonly<Record<string, QueryHandler>> = {
  ...ownQuery(`${PATH}/Params`, `${V1}.QueryParamsRequest`, `${V1}.QueryParamsResponse`, ({ view }) => ({
    params: paramsOf(view),
    fingerprintDeposit: String(fingerprintPrice(view)),
    fingerprintsTaken: takenOf(view),
  })),
  ...ownQuery(`${PATH}/Datanet`, `${V1}.QueryDatanetRequest`, `${V1}.QueryDatanetResponse`, (context, request) => {
    const datanet = findDatanet(context, request.datanetId, request.slug);
    if (isRejection(datanet)) return datanet;
    const { id, termsVersion } = datanet;
    const { view } = context;
    const terms = termsOf(view, id, termsVersion);
    return { datanet, counts: countsOf(view, id), terms, treasury: String(treasuryOf(view, id)) };
  }),
  ...ownQuery(`${PATH}/Datanets`, `${V1}.QueryDatanetsRequest`, `${V1}.QueryDatanetsResponse`, ({ view }, request) => {
    const found = page(view, datanets.prefix, request.pagination, ([key]) =>
      present(datanetOf(view, lastU64(key)), "the table's own key"),
    );
    return isRejection(found) ? found : { datanets: found.rows, pagination: found.pagination };
  }),
  ...ownQuery(`${PATH}/Terms`, `${V1}.QueryTermsRequest`, `${V1}.QueryTermsResponse`, ({ view }, request) => {
    const terms = termsOf(view, request.datanetId, request.version);
    return terms === undefined ? notFound(`terms ${request.version} of datanet ${request.datanetId}`) : { terms };
  }),
  ...ownQuery(
    `${PATH}/AllowList`,
    `${V1}.QueryAllowListRequest`,
    `${V1}.QueryAllowListResponse`,
    ({ view, address }, request) => {
      const prefix = allowed.key([request.datanetId]);
      const found = page(view, prefix, request.pagination, ([key]) => address.format(key.slice(prefix.length)));
      return isRejection(found) ? found : { contributors: found.rows, pagination: found.pagination };
    },
  ),
};

const aboutContributions: Readonly<Record<string, QueryHandler>> = {
  ...ownQuery(
    `${PATH}/Commitment`,
    `${V1}.QueryCommitmentRequest`,
    `${V1}.QueryCommitmentResponse`,
    ({ view, address }, request) => {
      const owner = address.parse(request.owner);
      if (owner === undefined) return invalidArgument(`owner ${request.owner} is not an account address of this chain`);
      if (request.commitment.length !== 32) return invalidArgument("commitment is not 32 bytes");
      const commitment = commitments.get(view, [owner, request.commitment]);
      if (commitment === undefined) return notFound("commitment");
      return { commitment, expiresHeight: commitment.height + limits.commitmentBlocks };
    },
  ),
  ...ownQuery(
    `${PATH}/Contribution`,
    `${V1}.QueryContributionRequest`,
    `${V1}.QueryContributionResponse`,
    (context, request) => {
      const contribution = findContribution(context, request.contributionId);
      if (isRejection(contribution)) return contribution;
      const upload = uploads.get(context.view, [contribution.id]);
      return { contribution, firstCommittedBasisPoints: firstCommittedShare(contribution), upload };
    },
  ),
  ...ownQuery(
    `${PATH}/Contributions`,
    `${V1}.QueryContributionsRequest`,
    `${V1}.QueryContributionsResponse`,
    (context, request) => contributionPage(context, byDatanet.key([request.datanetId]), request.pagination),
  ),
  ...ownQuery(
    `${PATH}/ContributionsByOwner`,
    `${V1}.QueryContributionsByOwnerRequest`,
    `${V1}.QueryContributionsByOwnerResponse`,
    (context, request) => {
      const owner = context.address.parse(request.owner);
      if (owner === undefined) return invalidArgument(`owner ${request.owner} is not an account address of this chain`);
      return contributionPage(context, byOwner.key([owner]), request.pagination);
    },
  ),
  ...ownQuery(`${PATH}/Consent`, `${V1}.QueryConsentRequest`, `${V1}.QueryConsentResponse`, (context, request) => {
    const contribution = findContribution(context, request.contributionId);
    if (isRejection(contribution)) return contribution;
    const { owner, createdHeight: height, datanetId, termsVersion, withdrawnHeight } = contribution;
    return { owner, height, terms: termsOf(context.view, datanetId, termsVersion), withdrawnHeight };
  }),
  ...ownQuery(`${PATH}/Reviews`, `${V1}.QueryReviewsRequest`, `${V1}.QueryReviewsResponse`, (context, request) => {
    const contribution = findContribution(context, request.contributionId);
    if (isRejection(contribution)) return contribution;
    return { reviews: [...reviews.range(context.view, { prefix: [contribution.id] })].map(([, review]) => review) };
  }),
};

const aboutFingerprints: Readonly<Record<string, QueryHandler>> = {
  ...ownQuery(
    `${PATH}/Fingerprints`,
    `${V1}.QueryFingerprintsRequest`,
    `${V1}.QueryFingerprintsResponse`,
    ({ view }, { contributionId: id, index }) => {
      const fingerprints = chunks.get(view, [id, index]);
      if (fingerprints === undefined) return notFound(`fingerprint chunk ${index} of contribution ${id}`);
      const [last] = chunks.range(view, { prefix: [id], reverse: true, limit: 1 });
      return { fingerprints, chunks: present(last, "at least the chunk that was found")[0][1] + 1 };
    },
  ),
  ...ownQuery(
    `${PATH}/Fingerprint`,
    `${V1}.QueryFingerprintRequest`,
    `${V1}.QueryFingerprintResponse`,
    ({ fingerprints }, { fingerprint, datanetId }) => {
      if (fingerprint.length !== FINGERPRINT_BYTES) {
        return invalidArgument(`fingerprint is not ${FINGERPRINT_BYTES} bytes`);
      }
      const [high, low] = [readU32be(fingerprint), readU32be(fingerprint, 4)];
      return {
        seniorId: BigInt(fingerprints.senior(high, low) ?? 0),
        placeId: BigInt(fingerprints.place(datanetId, high, low) ?? 0),
      };
    },
  ),
};

function readRelease(view: ReadView, key: Bytes): Release {
  const number = readU32be(key, key.length - 4);
  return present(releaseOf(view, readU64be(key, key.length - 12), number), "the table's own key");
}

const aboutReleases: Readonly<Record<string, QueryHandler>> = {
  ...ownQuery(
    `${PATH}/Release`,
    `${V1}.QueryReleaseRequest`,
    `${V1}.QueryReleaseResponse`,
    ({ view }, { datanetId, number }) => {
      const release = releaseOf(view, datanetId, number === 0 ? countsOf(view, datanetId).releases : number);
      return release === undefined ? notFound(`release ${number} of datanet ${datanetId}`) : { release };
    },
  ),
  ...ownQuery(`${PATH}/Releases`, `${V1}.QueryReleasesRequest`, `${V1}.QueryReleasesResponse`, ({ view }, request) => {
    const prefix = releases.key([request.datanetId]);
    const found = page(view, prefix, request.pagination, ([key]) => readRelease(view, key));
    return isRejection(found) ? found : { releases: found.rows, pagination: found.pagination };
  }),
  ...ownQuery(
    `${PATH}/ReleaseMember`,
    `${V1}.QueryReleaseMemberRequest`,
    `${V1}.QueryReleaseMemberResponse`,
    ({ view }, { datanetId, number, contributionId }) => {
      if (releaseOf(view, datanetId, number) === undefined) {
        return notFound(`release ${number} of datanet ${datanetId}`);
      }
      const found = proveInRelease(view, datanetId, number, contributionId);
      if (found === undefined) return { member: false, leaf: new Uint8Array(0), index: 0, total: 0, aunts: [] };
      const { index, total, aunts } = found.proof;
      return { member: true, leaf: found.leaf, index, total, aunts: [...aunts] };
    },
  ),
  ...ownQuery(`${PATH}/Reach`, `${V1}.QueryReachRequest`, `${V1}.QueryReachResponse`, (context, request) => {
    const contribution = findContribution(context, request.contributionId);
    if (isRejection(contribution)) return contribution;
    const { view } = context;
    const { datanetId } = contribution;
    const found = page(view, releases.key([datanetId]), request.pagination, ([key]) => readRelease(view, key));
    if (isRejection(found)) return found;
    const touched = found.rows.filter(({ number }) => inRelease(contribution, datanetId, number));
    return { releases: touched, pagination: found.pagination };
  }),
};

/** Queries of the module. */
export const queries: Readonly<Record<string, QueryHandler>> = {
  ...aboutDatanets,
  ...aboutContributions,
  ...aboutFingerprints,
  ...aboutReleases,
};
