import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex, utf8, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import type { Ground } from "#proto/evidence/ground.js";
import { decodeEvidence, judgeEvidence } from "#proto/evidence/judge.js";
import { trustTerms } from "#proto/light/trust.js";
import { isRejection } from "#proto/rejection.js";
import { headerHash, type Header } from "#proto/types/block.js";
import type { Genesis } from "#proto/types/genesis.js";
import { TrustedHeaders } from "#proto/client/verify/headers.js";
import type { Source } from "#proto/client/verify/source.js";
import { askWitnesses, type Witness } from "#proto/client/verify/witnesses.js";
import { useNatives } from "#node/runtime/natives.js";
import { HeaderChain, setOf } from "../../light/chain.js";
import { addressOf } from "../../evidence/world.js";

useNatives();
const CHAIN = "tributary-1";
const HASH = sha256(utf8("genesis"));
const four = setOf({ a: 10n, b: 10n, c: 10n, d: 10n });
/** Shares too little with the first set for one step. */
const other = setOf({ a: 10n, e: 10n, f: 10n, g: 10n });
const timeOf = (height: bigint): bigint => 1_000_000n + 1_000n * height;
const genesis = {
  chainId: CHAIN,
  hash: HASH,
  time: timeOf(0n),
  initialHeight: 1n,
  validators: four,
  params: { evidenceAgeMsMax: 10_000_000n },
} as Genesis;
const terms = trustTerms(genesis, timeOf(20n));

interface Plan {
  readonly heights?: bigint;
  /** From this height on the chain has another state. */
  readonly forkAt?: bigint;
  readonly signers?: (height: bigint) => readonly string[] | undefined;
  readonly change?: (height: bigint) => Partial<Header>;
}

/** Decided by the first set up to height 4, by the other one from 5 on. */
function chainOf({ heights = 8n, forkAt, signers, change }: Plan = {}): HeaderChain {
  const chain = new HeaderChain(HASH);
  for (let height = 1n; height <= heights; height++) {
    const isForked = forkAt !== undefined && height >= forkAt;
    const set = height <= 4n ? four : other;
    chain.extend({
      ...{ chainId: CHAIN, time: timeOf(height), set, next: height < 4n ? four : other, proposer: "a" },
      signers: signers?.(height) ?? (height <= 4n ? ["a", "b", "c"] : ["a", "e", "f"]),
      ...(isForked ? { stateRoot: sha256(utf8("fork")) } : {}),
      change: change?.(height) ?? {},
    });
  }
  return chain;
}

/** A node that judges what it is told against its own chain. */
function nodeOf(name: string, chain: HeaderChain): Witness & { convicted: string[] } {
  const tip = chain.blocks.at(-1)!.header;
  const ground: Ground = {
    ...{ chainId: CHAIN, height: tip.height, time: tip.time },
    params: { evidenceAgeBlocksMax: 100n, evidenceAgeMsMax: 10_000_000n },
    validatorsAt: (height) => chain.at(height)?.validators,
    blockAt(height) {
      const header = chain.at(height)?.header;
      return header && { time: header.time, hash: headerHash(header) };
    },
  };
  const convicted: string[] = [];
  return {
    name,
    convicted,
    source: {
      latestHeight: () => Promise.resolve(tip.height),
      lightBlock: (height: bigint) => Promise.resolve(chain.at(height)!),
    } as Partial<Source> as Source,
    submitEvidence(bytes: Bytes) {
      const piece = decodeEvidence(bytes);
      const offences = isRejection(piece) ? piece : judgeEvidence(ground, piece);
      if (isRejection(offences)) return Promise.reject(new Error(offences.name));
      const nameOf = (address: Bytes): string =>
        [..."abcdefg"].find((known) => toHex(addressOf(known)) === toHex(address))!;
      const names = offences.map(({ validator }) => nameOf(validator));
      convicted.push(names.sort().join(""));
      return Promise.resolve(sha256(bytes));
    },
  };
}

async function compare(primary: Witness, witnesses: readonly Witness[], height = 8n) {
  const headers = await TrustedHeaders.open(primary.source, genesis, terms);
  const believed = await headers.at(height);
  return askWitnesses(primary, headers, believed, witnesses, { genesis, terms, point: undefined });
}

test("witnesses of the same chain agree, also one that is behind it and one that is gone", async () => {
  const gone = nodeOf("gone", chainOf());
  gone.source.latestHeight = () => Promise.reject(new Error("no answer"));
  const answers = [nodeOf("same", chainOf()), nodeOf("late", chainOf({ heights: 6n })), gone];
  assert.deepEqual(await compare(nodeOf("primary", chainOf()), answers), ["agrees", "behind", "unreachable"]);
});

for (const [forkAt, guilty] of [
  [8n, "aef"],
  [4n, "abc"],
  [1n, "abc"],
] as const) {
  test(`a primary whose chain forks at ${forkAt} is found out, and each side is told of the other`, async () => {
    const primary = nodeOf("primary", chainOf({ forkAt }));
    const witness = nodeOf("witness", chainOf());
    const found = await compare(primary, [nodeOf("same", chainOf({ forkAt })), witness, nodeOf("unasked", chainOf())]);
    assert.ok("told" in found);
    assert.equal(found.witness, "witness");
    assert.deepEqual([witness.convicted, primary.convicted], [[guilty], [guilty]], found.told.join("; "));
  });
}

test("equivocation: only who signed both is accused", async () => {
  const txRoot = sha256(utf8("txs"));
  const twin = chainOf({
    signers: (height) => (height === 8n ? ["a", "e", "g"] : undefined),
    change: (height) => (height === 8n ? { txRoot } : {}),
  });
  const primary = nodeOf("primary", twin);
  const witness = nodeOf("witness", chainOf());
  const found = await compare(primary, [witness]);
  assert.ok("told" in found);
  assert.deepEqual([witness.convicted, primary.convicted], [["ae"], ["ae"]]);
});

test("37: a header made up ahead of the chain is found by who is behind it", async () => {
  const primary = nodeOf("primary", chainOf({ change: (height) => (height === 8n ? { time: timeOf(7n) + 1n } : {}) }));
  const witness = nodeOf(
    "witness",
    chainOf({ heights: 7n, change: (height) => (height === 7n ? { time: timeOf(9n) } : {}) }),
  );
  primary.source.lightBlock = skip(primary.source, 7n);
  const found = await compare(primary, [witness]);
  assert.ok("told" in found);
  assert.equal(witness.convicted.length, 1);
});

test("a witness with another header and no proof of it is not believed, and accuses no validator", async () => {
  const primary = nodeOf("primary", chainOf());
  const liar = nodeOf("liar", chainOf({ forkAt: 6n, signers: (height) => (height >= 6n ? ["g"] : undefined) }));
  assert.deepEqual(await compare(primary, [liar]), ["unproven"]);
  assert.deepEqual(primary.convicted, []);
});

/** The header of this height is never asked for in that test. */
function skip(source: Source, height: bigint): Source["lightBlock"] {
  const { lightBlock } = source;
  return (asked) => (asked === height ? Promise.reject(new Error(`asked for ${height}`)) : lightBlock(asked));
}
