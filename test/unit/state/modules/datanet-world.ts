import { intentCommitment } from "#proto/attribution/commitment.js";
import { distinctSorted } from "#proto/attribution/packed.js";
import { setRoot } from "#proto/attribution/set-tree.js";
import { concat, u64be, utf8, type Bytes } from "#proto/bytes.js";
import { message, type MessageName, type Messages } from "#proto/codec/message.js";
import { sha256 } from "#proto/crypto/hash.js";
import { isRejection } from "#proto/rejection.js";
import type { AnyMessage } from "#proto/tx/decode.js";
import { TxMsgData } from "cosmjs-types/cosmos/base/abci/v1beta1/abci";
import { buildIndex, FingerprintIndex } from "#state/fingerprints/index.js";
import type { BlockOutcome } from "#state/machine.js";
import { World, type Person, type TxOptions } from "../world.js";

export const hash = (text: string): Bytes => sha256(utf8(text));
const SEED = new Uint8Array(8).fill(3);

export function any<N extends MessageName>(name: N, value: Messages[N]): AnyMessage {
  return { typeUrl: `/${name}`, value: message(name).encode(value) };
}

/** Packed, sorted, distinct. */
export const prints = (...values: number[]): Bytes => distinctSorted(concat(...values.map((v) => u64be(BigInt(v)))));

/** A world whose index of fingerprints follows the blocks, as the node's does; a rebuilt one must answer alike. */
export class DatanetWorld extends World {
  index = new FingerprintIndex(SEED);

  constructor(balances: Readonly<Record<string, bigint>>, appState: Record<string, unknown> = {}) {
    super(balances, appState);
    this.fingerprints = this.index;
  }

  override block(txs: readonly Bytes[] = [], advanceMs = 1000n): BlockOutcome {
    const outcome = super.block(txs, advanceMs);
    this.index.extend(this.base, this.height);
    return outcome;
  }

  /** As a node does that starts. */
  restartIndex(): void {
    this.index = this.rebuilt();
    this.fingerprints = this.index;
  }

  rebuilt(): FingerprintIndex {
    return buildIndex(this.base, new Uint8Array(8).fill(4));
  }

  /** The response of one message in one block. @throws Error with the log when it is refused */
  do<N extends MessageName, A extends MessageName>(who: Person, name: N, value: Messages[N], answer: A): Messages[A] {
    const result = this.run(who, [any(name, value)], { gas: 20_000_000n });
    if (result.code !== 0) throw new Error(result.log);
    const [response] = TxMsgData.decode(result.data).msgResponses;
    const decoded = message(answer).decode(response!.value);
    if (isRejection(decoded)) throw new Error(decoded.name);
    return decoded;
  }

  /** codespace/code of a refusal, and its log. */
  refusal<N extends MessageName>(who: Person, name: N, value: Messages[N], options: TxOptions = {}): [string, string] {
    const result = this.run(who, [any(name, value)], { gas: 20_000_000n, ...options });
    return [`${result.codespace}/${result.code}`, result.log];
  }

  ask<Q extends MessageName, A extends MessageName>(path: string, q: Q, request: Messages[Q], a: A): Messages[A] {
    const answer = message(a).decode(this.query(path, message(q).encode(request)));
    if (isRejection(answer)) throw new Error(answer.name);
    return answer;
  }
}

export const CREATE = "tributary.datanet.v1.MsgCreateDatanet";
export function creation(creator: Person, over: Partial<Messages[typeof CREATE]> = {}): Messages[typeof CREATE] {
  return {
    ...{ creator: creator.text, slug: "speeches", title: "Speeches", cardHash: hash("card"), cardUri: "" },
    ...{ admission: 1, curators: [], threshold: 0, contributors: [], normId: 2, tier: 1, bond: "1000" },
    ...{ treasuryBasisPoints: 500, termsHash: hash("terms 1"), termsUri: "", mediaTypes: ["text/plain"] },
    ...{ contentBytesMax: 0n, contributionsMax: 0 },
    ...over,
  };
}

export function createDatanet(
  world: DatanetWorld,
  creator: Person,
  over: Partial<Messages[typeof CREATE]> = {},
): bigint {
  return world.do(creator, CREATE, creation(creator, over), "tributary.datanet.v1.MsgCreateDatanetResponse").datanetId;
}

export const CONTRIBUTE = "tributary.datanet.v1.MsgContribute";
export const COMMIT = "tributary.datanet.v1.MsgCommitContribution";

export interface Piece {
  readonly content: Bytes;
  readonly set: Bytes;
  readonly fpRoot: Bytes;
}

export function piece(name: string, ...values: number[]): Piece {
  const set = prints(...values);
  const fpRoot = setRoot(set);
  if (isRejection(fpRoot)) throw new Error(fpRoot.name);
  return { content: hash(name), set, fpRoot };
}

export const NONCE = hash("nonce");

export function contribution(
  owner: Person,
  datanetId: bigint,
  { content, set, fpRoot }: Piece,
  over: Partial<Messages[typeof CONTRIBUTE]> = {},
): Messages[typeof CONTRIBUTE] {
  return {
    ...{ owner: owner.text, datanetId, nonce: NONCE, contentRoot: content, contentBytes: 100n, recordCount: 1 },
    ...{ mediaType: "text/plain", title: "A speech", termsVersion: 1, termsHash: hash("terms 1"), fpRoot },
    ...{ fpCount: set.length / 8, tokenCount: set.length / 8 + 5, fingerprints: set },
    ...over,
  };
}

export function commitment(owner: Person, { content, fpRoot, set }: Piece): Messages[typeof COMMIT] {
  return {
    fpCount: set.length / 8,
    owner: owner.text,
    commitment: intentCommitment({ fpRoot, contentRoot: content, owner: owner.address, nonce: NONCE }),
  };
}

export function commit(
  world: DatanetWorld,
  owner: Person,
  what: Piece,
): Messages["tributary.datanet.v1.MsgCommitContributionResponse"] {
  return world.do(owner, COMMIT, commitment(owner, what), "tributary.datanet.v1.MsgCommitContributionResponse");
}

/** Commits and contributes; the id. */
export function bring(
  world: DatanetWorld,
  owner: Person,
  datanetId: bigint,
  what: Piece,
  over: Partial<Messages[typeof CONTRIBUTE]> = {},
): bigint {
  commit(world, owner, what);
  const message = contribution(owner, datanetId, what, over);
  return world.do(owner, CONTRIBUTE, message, "tributary.datanet.v1.MsgContributeResponse").contributionId;
}

export function release(
  world: DatanetWorld,
  who: Person,
  datanetId: bigint,
): Messages["tributary.datanet.v1.MsgPublishReleaseResponse"] {
  return world.do(
    who,
    "tributary.datanet.v1.MsgPublishRelease",
    { curator: who.text, datanetId, notes: "" },
    "tributary.datanet.v1.MsgPublishReleaseResponse",
  );
}

export function withdraw(world: DatanetWorld, owner: Person, contributionId: bigint): void {
  world.do(
    owner,
    "tributary.datanet.v1.MsgWithdrawConsent",
    { owner: owner.text, contributionId },
    "tributary.datanet.v1.MsgWithdrawConsentResponse",
  );
}
