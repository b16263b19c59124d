import { parseAmount } from "#proto/amount.js";
import type { Json } from "#proto/codec/json-text.js";
import { fromJson } from "#proto/codec/json.js";
import type { Messages } from "#proto/codec/message.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import { genesisErrors } from "#proto/types/genesis.js";
import type { GenesisContext, GenesisField, QueryContext } from "../../module.js";
import { each, values, writeGenesis } from "../../module-genesis.js";
import { statuses } from "./codes.js";
import * as keys from "./keys.js";
import { DEFAULT_PARAMS, limits } from "./limits.js";
import { countsOf, fingerprintChunks, paramsOf, treasuryOf, type Contribution } from "./records.js";

const STATE = "tributary.datanet.v1.GenesisState";
const PARAMS = "tributary.datanet.v1.Params";
type State = Messages[typeof STATE];
type Params = Messages[typeof PARAMS];
type V1<N extends string> = `tributary.datanet.v1.${N}` extends keyof Messages
  ? Messages[`tributary.datanet.v1.${N}`]
  : never;

const invalid = (field: string, want: string): Rejection =>
  reject(genesisErrors.invalid, { field: `app_state.datanet.${field}`, want });

/** Reads what export wrote; sums, counts and roots are checked by the invariants afterwards. */
export function initGenesis(context: GenesisContext, json: unknown): Rejection | undefined {
  const { view } = context;
  const state = fromJson(STATE, (json ?? {}) as Json);
  if (isRejection(state)) return state;
  const params = withDefaults(state.params);
  const badParam = paramsProblem(params);
  if (badParam !== undefined) return badParam;
  keys.params.put(view, [], params);
  keys.nextDatanetId.put(view, [], state.nextDatanetId === 0n ? 1n : state.nextDatanetId);
  keys.nextContributionId.put(view, [], state.nextContributionId === 0n ? 1n : state.nextContributionId);
  if (state.intentCounter !== undefined) keys.intentCounter.put(view, [], state.intentCounter);
  for (const read of [readDatanets, readCommitments, readContributions]) {
    const refused = read(context, state);
    if (refused !== undefined) return refused;
  }
  for (const release of state.releases) keys.releases.put(view, [release.datanetId, release.number], release);
  return undefined;
}

/** Parameters that the document leaves out, or sets to nothing, are the default ones. */
function withDefaults(given: Params | undefined): Params {
  return {
    deposit: given?.deposit || DEFAULT_PARAMS.deposit,
    fingerprintDeposit: given?.fingerprintDeposit || DEFAULT_PARAMS.fingerprintDeposit,
    contestDepositMin: given?.contestDepositMin || DEFAULT_PARAMS.contestDepositMin,
    fingerprintsMax: given?.fingerprintsMax || DEFAULT_PARAMS.fingerprintsMax,
    proofBlocks: given?.proofBlocks || DEFAULT_PARAMS.proofBlocks,
  };
}

function paramsProblem(params: Params): Rejection | undefined {
  for (const field of ["deposit", "fingerprintDeposit", "contestDepositMin"] as const) {
    if (parseAmount(params[field]) === undefined) return invalid(`params.${field}`, "a decimal amount");
  }
  if (params.fingerprintsMax > limits.fingerprintsMax) {
    return invalid("params.fingerprints_max", `at most ${limits.fingerprintsMax}`);
  }
  return undefined;
}

function readDatanets({ view, address: text }: GenesisContext, { datanets }: State): Rejection | undefined {
  for (const [i, { datanet, counts, treasury, allowList, terms }] of datanets.entries()) {
    const at = `datanets[${i}]`;
    if (datanet === undefined || counts === undefined) return invalid(at, "datanet and counts");
    const { id, slug, closedHeight } = datanet;
    if (closedHeight === 0n && keys.slugs.has(view, [slug])) return invalid(`${at}.datanet.slug`, "each slug once");
    if (keys.datanets.has(view, [id])) return invalid(`${at}.datanet.id`, "each id once");
    if (text.parse(datanet.creator) === undefined) return invalid(`${at}.datanet.creator`, "an account address");
    for (const field of ["bond", "deposit"] as const) {
      if (parseAmount(datanet[field]) === undefined) return invalid(`${at}.datanet.${field}`, "a decimal amount");
    }
    if (!terms.some(({ version }) => version === datanet.termsVersion)) {
      return invalid(`${at}.terms`, "the current ones");
    }
    if (!datanet.curators.every((curator) => text.parse(curator))) {
      return invalid(`${at}.datanet.curators`, "account addresses");
    }
    const amount = parseAmount(treasury === "" ? "0" : treasury);
    if (amount === undefined) return invalid(`${at}.treasury`, "a decimal amount");
    keys.datanets.put(view, [id], datanet);
    if (closedHeight === 0n) keys.slugs.put(view, [slug], id);
    keys.counts.put(view, [id], counts);
    if (amount > 0n) keys.treasuries.put(view, [id], amount);
    for (const row of terms) keys.terms.put(view, [id, row.version], { ...row, datanetId: id });
    for (const [j, member] of allowList.entries()) {
      const parsed = text.parse(member);
      if (parsed === undefined) return invalid(`${at}.allow_list[${j}]`, "an account address");
      keys.allowed.put(view, [id, parsed], true);
    }
  }
  return undefined;
}

function readCommitments({ view, address: text }: GenesisContext, { commitments }: State): Rejection | undefined {
  for (const [i, { owner, commitment, place }] of commitments.entries()) {
    const parsed = text.parse(owner);
    if (parsed === undefined || commitment.length !== 32 || place === undefined) {
      return invalid(`commitments[${i}]`, "owner, commitment of 32 bytes, and place");
    }
    if (parseAmount(place.deposit) === undefined) return invalid(`commitments[${i}].place.deposit`, "a decimal amount");
    keys.commitments.put(view, [parsed, commitment], place);
    keys.expiries.put(view, [place.height + limits.commitmentBlocks, parsed, commitment], true);
  }
  return undefined;
}

function readContributions(context: GenesisContext, { commitments, contributions }: State): Rejection | undefined {
  let taken = commitments.reduce((sum, { place }) => sum + BigInt(place?.fpCount ?? 0), 0n);
  for (const [i, { contribution, upload, chunks, reviews }] of contributions.entries()) {
    const at = `contributions[${i}]`;
    if (contribution === undefined) return invalid(at, "a contribution");
    const refused = readContribution(context, at, contribution, reviews);
    if (refused !== undefined) return refused;
    const { id } = contribution;
    if ((upload !== undefined) !== (contribution.status === statuses.uploading)) {
      return invalid(`${at}.upload`, "only while fingerprints are missing");
    }
    if (upload !== undefined) {
      keys.uploads.put(context.view, [id], upload);
      keys.uploadExpiries.put(context.view, [upload.deadline, id], true);
    }
    for (const [index, packed] of chunks.entries()) {
      if (packed.length === 0) return invalid(`${at}.chunks[${index}]`, "fingerprints");
      keys.chunks.put(context.view, [id, index], packed);
    }
    const { completeHeight, withdrawnHeight } = contribution;
    if (completeHeight !== 0n && withdrawnHeight !== 0n && chunks.length > 0) {
      keys.proofExpiries.put(context.view, [withdrawnHeight + paramsOf(context.view).proofBlocks, id], true);
    }
    if (takes(contribution)) taken += BigInt(contribution.fpCount);
  }
  if (taken > 0n) keys.takenFingerprints.put(context.view, [], taken);
  return undefined;
}

function readContribution(
  { view, address: text }: GenesisContext,
  at: string,
  contribution: Contribution,
  reviews: readonly V1<"Review">[],
): Rejection | undefined {
  const { id, datanetId, contentRoot, fpRoot } = contribution;
  const owner = text.parse(contribution.owner);
  if (owner === undefined) return invalid(`${at}.contribution.owner`, "an account address");
  if (contentRoot.length !== 32 || fpRoot.length !== 32) return invalid(`${at}.contribution`, "roots of 32 bytes");
  for (const field of ["bond", "deposit"] as const) {
    if (parseAmount(contribution[field]) === undefined) {
      return invalid(`${at}.contribution.${field}`, "a decimal amount");
    }
  }
  if (keys.contributions.has(view, [id])) return invalid(`${at}.contribution.id`, "each id once");
  keys.contributions.put(view, [id], contribution);
  keys.byDatanet.put(view, [datanetId, id], true);
  keys.byOwner.put(view, [owner, id], true);
  for (const height of standingHeights(contribution)) keys.standingChanges.put(view, [height, id], true);
  if (claimsContent(contribution)) keys.contents.put(view, [datanetId, contentRoot], id);
  deriveMembership(view, contribution);
  for (const [i, review] of reviews.entries()) {
    const curator = text.parse(review.curator);
    if (curator === undefined) return invalid(`${at}.reviews[${i}].curator`, "an account address");
    keys.reviews.put(view, [id, curator], review);
  }
  return undefined;
}

const CLAIMING: ReadonlySet<number> = new Set([statuses.uploading, statuses.inReview, statuses.accepted]);

/** Whether the content root is taken: also by what was accepted and withdrawn. */
export function claimsContent({ status, firstRelease }: Contribution): boolean {
  return CLAIMING.has(status) || firstRelease !== 0;
}

/** Whether its fingerprints count: it is uploading, or stands. */
export function takes({ withdrawnHeight }: Contribution): boolean {
  return withdrawnHeight === 0n;
}

/** Heights at which it became complete, was accepted and withdrawn, as far as it was. */
function standingHeights({ completeHeight, firstRelease, decidedHeight, withdrawnHeight }: Contribution): bigint[] {
  if (completeHeight === 0n) return [];
  return [completeHeight, firstRelease === 0 ? 0n : decidedHeight, withdrawnHeight].filter((height) => height !== 0n);
}

function deriveMembership(view: GenesisContext["view"], contribution: Contribution): void {
  const { id, datanetId, contentRoot, fpRoot, fpCount, tokenCount, contentBytes } = contribution;
  const { firstRelease, withdrawnHeight } = contribution;
  const lastRelease = withdrawnHeight === 0n ? 0 : contribution.lastRelease;
  if (firstRelease === 0 || (withdrawnHeight !== 0n && firstRelease > lastRelease)) return;
  const member = { contentRoot, fpRoot, firstRelease, lastRelease, fpCount, tokenCount, contentBytes };
  keys.accepted.put(view, [datanetId, id], member);
  if (withdrawnHeight === 0n) return;
  const least = keys.withdrawals.get(view, [datanetId, lastRelease]);
  const first = BigInt(firstRelease);
  if (least === undefined || first < least) keys.withdrawals.put(view, [datanetId, lastRelease], first);
}

/** The fields that `initGenesis` reads. */
export function exportGenesis({ view, address: text }: QueryContext): Iterable<GenesisField> {
  return writeGenesis(STATE, {
    params: paramsOf(view),
    nextDatanetId: keys.nextDatanetId.get(view, []) ?? 1n,
    nextContributionId: keys.nextContributionId.get(view, []) ?? 1n,
    intentCounter: keys.intentCounter.get(view, []),
    datanets: each(keys.datanets.range(view), ([[id], datanet]) => ({
      datanet,
      counts: countsOf(view, id),
      treasury: String(treasuryOf(view, id)),
      allowList: [...each(keys.allowed.range(view, { prefix: [id] }), ([[, member]]) => text.format(member))],
      terms: [...values(keys.terms.range(view, { prefix: [id] }))],
    })),
    commitments: each(keys.commitments.range(view), ([[owner, commitment], place]) => ({
      owner: text.format(owner),
      commitment,
      place,
    })),
    contributions: each(keys.contributions.range(view), ([[id], contribution]) => ({
      contribution,
      upload: keys.uploads.get(view, [id]),
      chunks: [...fingerprintChunks(view, id)],
      reviews: [...values(keys.reviews.range(view, { prefix: [id] }))],
    })),
    releases: values(keys.releases.range(view)),
  });
}
