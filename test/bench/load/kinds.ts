import { toBech32 } from "#proto/crypto/address.js";
import { sha256 } from "#proto/crypto/hash.js";
import { concat, u32be, utf8, type Bytes } from "#proto/bytes.js";
import { assert } from "#proto/assert.js";
import { isRejection } from "#proto/rejection.js";
import { assembleTx, bankSend, buildTx, ownAny, signDirect } from "#proto/tx/build.js";
import type { AnyMessage } from "#proto/tx/decode.js";
import { intentCommitment } from "#proto/attribution/commitment.js";
import { setRoot } from "#proto/attribution/set-tree.js";
import { account, type Account } from "#test/hostile/accounts.js";

export const KINDS = ["send", "contribute"] as const;
export type Kind = (typeof KINDS)[number];

/** The chain that the transactions are for. */
export interface Target {
  readonly chainId: string;
  readonly prefix: string;
  readonly denom: string;
  readonly firstNumber: number;
}

/** What a transaction does, with room in its gas limit. */
interface Work {
  readonly message: AnyMessage;
  readonly gas: bigint;
}

type Sender = { readonly address: Bytes; readonly text: string };

interface Row {
  /** What must be on the chain first; from an account of its own, in this order. */
  readonly setup: (from: Sender) => readonly Work[];
  /** An account's next one goes out when the one before is in a block: it builds on it. */
  readonly waits: boolean;
  readonly work: (from: Sender, to: Sender, sequence: number, target: Target) => Work;
}

/** 0.01 of a base unit a unit of gas: above what nodes ask. */
const GAS_PER_FEE_UNIT = 100n;
/** Of the first datanet of a chain. */
const DATANET = 1n;
const TERMS_HASH = sha256(utf8("terms of the load"));
const NONCE = sha256(utf8("nonce of the load"));
const CONTENT_BYTES = 2_048n;
/** Windows of eight words in 2 kB of English. */
const FINGERPRINTS = 320;

/** By kind. Gas of a transfer is what it needs on a chain of the Cosmos SDK as well. */
const rows: Readonly<Record<Kind, Row>> = {
  send: {
    setup: () => [],
    waits: false,
    work: (from, to, _sequence, { denom }) => ({
      message: bankSend(from.text, to.text, [{ denom, amount: "1" }]),
      gas: 100_000n,
    }),
  },
  contribute: {
    setup: (from) => [{ message: openDatanet(from), gas: 500_000n }],
    waits: true,
    work: (from, _to, sequence) => contribution(from, sequence),
  },
};

function openDatanet({ text }: Sender): AnyMessage {
  return ownAny("tributary.datanet.v1.MsgCreateDatanet", {
    ...{ creator: text, slug: "load", title: "Load", cardHash: TERMS_HASH, admission: 1, normId: 2, tier: 1 },
    ...{ bond: "1000", treasuryBasisPoints: 500, termsHash: TERMS_HASH, mediaTypes: ["text/plain"] },
  });
}

/** Two transactions each: the commitment, and in a later block what it commits to, whole. Nobody else has its fingerprints. */
function contribution({ address, text: owner }: Sender, sequence: number): Work {
  const contentRoot = sha256(concat(address, u32be(sequence >> 1)));
  const fingerprints = fingerprintsOf(contentRoot);
  const fpRoot = setRoot(fingerprints);
  assert(!isRejection(fpRoot), "they are sorted and distinct");
  if (sequence % 2 === 0) {
    const commitment = intentCommitment({ fpRoot, contentRoot, owner: address, nonce: NONCE });
    const fields = { owner, commitment, fpCount: FINGERPRINTS };
    return { message: ownAny("tributary.datanet.v1.MsgCommitContribution", fields), gas: 250_000n };
  }
  return {
    message: ownAny("tributary.datanet.v1.MsgContribute", {
      ...{ owner, datanetId: DATANET, nonce: NONCE, contentRoot, contentBytes: CONTENT_BYTES, recordCount: 1 },
      ...{ mediaType: "text/plain", title: "A text", termsVersion: 1, termsHash: TERMS_HASH, fpRoot },
      ...{ fpCount: FINGERPRINTS, tokenCount: FINGERPRINTS + 7, fingerprints },
    }),
    gas: 1_500_000n,
  };
}

/** 8 bytes each, ascending: one in each of so many equal parts of their range. */
function fingerprintsOf(seed: Bytes): Bytes {
  const out = new Uint8Array(8 * FINGERPRINTS);
  const view = new DataView(out.buffer);
  for (let i = 0; i < FINGERPRINTS; i++) {
    const random = sha256(concat(seed, u32be(i)));
    view.setUint32(8 * i, Math.floor((i * 2 ** 32) / FINGERPRINTS));
    out.set(random.subarray(0, 4), 8 * i + 4);
  }
  return out;
}

/** The transactions of all accounts, signed before anybody measures: the nth of each account has the sequence n. */
export class Wallets {
  readonly #accounts: readonly Account[];
  readonly #signed: string[][];
  readonly #row: Row;
  readonly #target: Target;
  /** Signed while the load ran, since more went through than was expected. */
  late = 0;

  /** @param count of accounts; one more is funded, for the setup */
  constructor(count: number, kind: Kind, target: Target) {
    this.#accounts = Array.from({ length: count }, (_, i) => account(i, target.firstNumber));
    this.#signed = this.#accounts.map(() => []);
    this.#row = rows[kind];
    this.#target = target;
  }

  get count(): number {
    return this.#accounts.length;
  }

  get waits(): boolean {
    return this.#row.waits;
  }

  /** Base64, to be included one after the other before the load. */
  setup(): string[] {
    const from = account(this.count, this.#target.firstNumber);
    return this.#row.setup(this.#sender(from)).map((work, sequence) => this.#sign(from, sequence, work));
  }

  /** @param count of all accounts together */
  signAhead(count: number): void {
    const each = Math.ceil(count / this.count);
    for (let i = 0; i < this.count; i++) while (this.#signed[i]!.length < each) this.#signNext(i);
  }

  /** Base64 of the transaction of an account with this sequence; sequences are asked for in order. */
  tx(index: number, sequence: number): string {
    const own = this.#signed[index]!;
    while (own.length <= sequence) {
      this.late++;
      this.#signNext(index);
    }
    return own[sequence]!;
  }

  #signNext(index: number): void {
    const own = this.#signed[index]!;
    const [from, to] = [this.#accounts[index]!, this.#accounts[(index + 1) % this.count]!];
    const work = this.#row.work(this.#sender(from), this.#sender(to), own.length, this.#target);
    own.push(this.#sign(from, own.length, work));
  }

  #sender({ address }: Account): Sender {
    return { address, text: toBech32(this.#target.prefix, address) };
  }

  #sign(from: Account, sequence: number, { message, gas }: Work): string {
    const { chainId, denom } = this.#target;
    const unsigned = buildTx(
      { messages: [message], memo: "", timeoutHeight: 0n },
      { coins: [{ denom, amount: String(gas / GAS_PER_FEE_UNIT) }], gasLimit: gas },
      [{ publicKey: from.publicKey, sequence: BigInt(sequence) }],
    );
    const tx = assembleTx(unsigned, [signDirect(unsigned, from.secretKey, chainId, from.number)]);
    return Buffer.from(tx).toString("base64");
  }
}
