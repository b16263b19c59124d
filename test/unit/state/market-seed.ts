import assert from "node:assert/strict";
import { printText } from "#proto/attribution/fingerprint.js";
import { distinctSorted, fingerprintCount } from "#proto/attribution/packed.js";
import { setRoot } from "#proto/attribution/set-tree.js";
import { u64be, utf8, type Bytes } from "#proto/bytes.js";
import type { Messages } from "#proto/codec/message.js";
import { sha256 } from "#proto/crypto/hash.js";
import { merkleRoot } from "#proto/merkle/rfc6962.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import { moduleAccounts } from "#state/module-accounts.js";
import { endow } from "#state/modules/bank/ledger.js";
import { admissions, statuses } from "#state/modules/datanet/codes.js";
import {
  accepted,
  chunks,
  contents,
  contributions,
  counts,
  datanets,
  nextContributionId,
  nextDatanetId,
  releases,
  takenFingerprints,
  terms,
} from "#state/modules/datanet/keys.js";
import { membersOf, releaseLeaf } from "#state/modules/datanet/release-tree.js";
import { byModel, models, nextVersionId, royalties, stages, versions } from "#state/modules/model/keys.js";
import { storeUnion } from "#state/modules/model/release-set.js";
import { View } from "#state/store/view.js";
import type { DatanetWorld } from "./modules/datanet-world.js";
import { person, type Person } from "./world.js";

export function ok<T>(value: T | Rejection): T {
  assert.ok(!isRejection(value), isRejection(value) ? JSON.stringify(value, (_, v: unknown) => String(v)) : "");
  return value as T;
}

/** A contributed text. Not eligible: no release of the version holds it. */
interface Work {
  readonly owner: Person;
  readonly text: string;
  readonly datanet?: bigint;
  readonly eligible?: boolean;
  /** Order of the intents; by default that of the list. */
  readonly intent?: number;
  readonly completeHeight?: bigint;
  /** False: a curator rejected it. */
  readonly accepted?: boolean;
  /** Base units that the owner has locked for its fingerprints. */
  readonly deposit?: bigint;
}

/** Datanets of the market: the version's release is of the first; a request may name the others. */
const LICENSED = 1n;
export const CURATED = 2n;
export const OPEN = 3n;

export interface MarketOptions {
  readonly works: readonly Work[];
  readonly treasuryBasisPoints?: number;
  /** Ancestor versions 2, 3, ... and what each takes of the rest. */
  readonly royalties?: readonly number[];
  readonly attribution?: Partial<Record<string, unknown>>;
  readonly payout?: Partial<Record<string, unknown>>;
  readonly usage?: Partial<Record<string, unknown>>;
  readonly datanet?: Partial<Record<string, unknown>>;
  readonly common?: readonly bigint[];
}

const ROOT = sha256(u64be(0n));

/**
 * Records as datanet and model leave them: contribution i + 1 for each work, a release of the licensed datanet, version 1
 * of it and its ancestors 2, 3, ...
 */
export function seedMarket(world: DatanetWorld, options: MarketOptions, owner: Person): void {
  const view = new View(world.base);
  for (const id of [LICENSED, CURATED, OPEN]) seedDatanet(view, id, options, owner);
  nextDatanetId.put(view, [], OPEN + 1n);
  let stored = 0n;
  for (const [i, work] of options.works.entries()) stored += seedWork(view, work, i);
  nextContributionId.put(view, [], BigInt(options.works.length + 1));
  takenFingerprints.put(view, [], stored);
  const leaves = [...membersOf(view, LICENSED, 1)].map(([id, member]) => releaseLeaf(id, member));
  releases.put(view, [LICENSED, 1], {
    ...{ datanetId: LICENSED, number: 1, root: merkleRoot(leaves), contributions: leaves.length, fingerprints: 0n },
    ...{ tokens: 0n, contentBytes: 0n, termsVersion: 1, height: 1n, time: 0n, publisher: owner.text, notes: "" },
  });
  const eligibleRoot = storeUnion(view, [], [{ datanetId: LICENSED, number: 1 }]);
  const ancestors = (options.royalties ?? []).map((basisPoints, i) => ({ versionId: BigInt(i + 2), basisPoints }));
  for (const id of [1n, ...ancestors.map(({ versionId }) => versionId)]) {
    models.put(view, [id], modelRecord(id, id === 1n ? owner : person(id === 2n ? "carol" : "erin")));
    versions.put(view, [id], versionRecord(id, eligibleRoot));
    byModel.put(view, [id, 1], id);
    stages.put(view, [id, 0], { stage: 3, by: owner.text, height: 2n, time: 0n });
  }
  nextVersionId.put(view, [], BigInt(2 + ancestors.length));
  if (ancestors.length > 0) royalties.put(view, [1n], { royalties: ancestors });
  world.base.apply(view.writes());
  world.index.fill(world.base);
}

function seedDatanet(view: View, id: bigint, { works, treasuryBasisPoints }: MarketOptions, owner: Person): void {
  datanets.put(view, [id], datanetRecord(id, owner));
  terms.put(view, [id, 1], {
    ...{ datanetId: id, version: 1, hash: ROOT, uri: "", treasuryBasisPoints: treasuryBasisPoints ?? 0, height: 0n },
  });
  const held = works.filter(
    ({ datanet, accepted: isAccepted }) => (datanet ?? LICENSED) === id && isAccepted !== false,
  );
  counts.put(view, [id], {
    contributions: held.length,
    accepted: held.length,
    releases: id === LICENSED ? 1 : 0,
  });
}

/** @returns the fingerprints that it holds */
function seedWork(view: View, work: Work, i: number): bigint {
  const set = distinctSorted(ok(printText(work.text)).fingerprints);
  const record = contributionRecord(work, i, set);
  const { id, datanetId, contentRoot, fpRoot, firstRelease, fpCount, tokenCount, contentBytes } = record;
  contributions.put(view, [id], record);
  chunks.put(view, [id, 0], set);
  if (work.deposit !== undefined) endow(view, moduleAccounts.datanet, "utrib", work.deposit);
  if (work.accepted !== false) {
    contents.put(view, [datanetId, contentRoot], id);
    const member = { contentRoot, fpRoot, firstRelease, lastRelease: 0, fpCount, tokenCount, contentBytes };
    accepted.put(view, [datanetId, id], member);
  }
  return BigInt(fpCount);
}

function contributionRecord(work: Work, i: number, set: Bytes): Messages["tributary.datanet.v1.Contribution"] {
  const isAccepted = work.accepted !== false;
  const datanetId = work.datanet ?? LICENSED;
  const firstRelease = datanetId === LICENSED && work.eligible === false ? 2 : 1;
  const height = work.completeHeight ?? 1n;
  const contentRoot = sha256(utf8(`${i} ${work.text}`));
  return {
    ...{ id: BigInt(i + 1), datanetId, owner: work.owner.text, intentHeight: 1n, intentIndex: work.intent ?? i },
    ...{ contentRoot, contentBytes: BigInt(work.text.length), recordCount: 1, mediaType: "text/plain" },
    ...{ title: `work ${i + 1}`, termsVersion: 1, termsHash: ROOT, fpRoot: ok(setRoot(set)) },
    ...{ fpCount: fingerprintCount(set), tokenCount: 0, bond: "0", createdHeight: 1n, completeHeight: height },
    ...{ status: isAccepted ? statuses.accepted : statuses.rejected, firstCommitted: 0, decidedHeight: height },
    ...{ reason: 1, withdrawnHeight: 0n, active: isAccepted ? [{ fromHeight: height, toHeight: 0n }] : [] },
    ...{ firstRelease: isAccepted ? firstRelease : 0, lastRelease: 0, deposit: (work.deposit ?? 0n).toString() },
    contests: 0,
  };
}

function datanetRecord(id: bigint, owner: Person): Messages["tributary.datanet.v1.Datanet"] {
  return {
    ...{ id, creator: owner.text, slug: `texts-${id}`, title: "Texts", cardHash: new Uint8Array(0), cardUri: "" },
    ...{ admission: id === OPEN ? admissions.open : admissions.curated, curators: [owner.text], threshold: 1 },
    ...{ normId: 2, tier: 1, bond: "0", termsVersion: 1, mediaTypes: ["text/plain"], contentBytesMax: 0n },
    ...{ contributionsMax: 0, deposit: "0", createdHeight: 0n, createdTime: 0n, closedHeight: 0n },
  };
}

function modelRecord(id: bigint, owner: Person): Messages["tributary.model.v1.Model"] {
  return {
    id,
    owner: owner.text,
    slug: `model-${id}`,
    title: "",
    cardHash: new Uint8Array(0),
    cardUri: "",
    versions: 1,
    createdHeight: 0n,
    createdTime: 0n,
  };
}

function versionRecord(id: bigint, eligibleRoot: Bytes): Messages["tributary.model.v1.Version"] {
  return {
    id,
    modelId: id,
    number: 1,
    label: "v1",
    weightsHash: new Uint8Array(32),
    weightsBytes: 1n,
    format: "",
    method: "",
    configHash: new Uint8Array(32),
    manifestHash: new Uint8Array(32),
    parents: [],
    releases: [{ datanetId: 1n, number: 1 }],
    fees: {
      contributorBasisPoints: 3000,
      providerBasisPoints: 2000,
      royaltyBasisPoints: 0,
      pricePerCall: 1n,
      pricePerInputToken: 0n,
      pricePerOutputToken: 0n,
    },
    height: 2n,
    time: 0n,
    eligibleRoot,
    eligibleReleases: 1,
    carryOver: undefined,
    carriedRoot: new Uint8Array(0),
    depth: 0,
    stage: 3,
    stageChanges: 1,
  };
}
