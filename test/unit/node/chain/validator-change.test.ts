import assert from "node:assert/strict";
import { test } from "node:test";
import { base64 } from "@scure/base";
import { beaconInput } from "#proto/beacon.js";
import { equalBytes, toHex } from "#proto/bytes.js";
import { ed25519PublicKey, signEd25519, validatorAddress } from "#proto/crypto/ed25519.js";
import { vrfProve } from "#proto/crypto/vrf.js";
import { verifyCertificate } from "#proto/light/certificate.js";
import type { LightBlock } from "#proto/light/header.js";
import { bisect, trustErrors, trustTerms, verifyFirst, verifyNext, type Trusted } from "#proto/light/trust.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import type { AnyMessage } from "#proto/tx/decode.js";
import { blockCodec, blockResultsCodec, certificateCodec } from "#proto/types/block.js";
import { parseGenesis } from "#proto/types/genesis.js";
import { applyUpdates } from "#proto/types/validator-updates.js";
import { prioritiesRoot, proposerAt, rotate, validatorsRoot, type ValidatorSet } from "#proto/types/validators.js";
import { PRECOMMIT, voteSignBytes } from "#proto/types/vote.js";
import { Chain, type ChainOptions } from "#node/chain/chain.js";
import { openChainStore } from "#node/storage/chain-store.js";
import { MemoryDisk } from "#node/storage/database/memory-disk.js";
import { accountOf } from "#state/modules/auth/index.js";
import { keyOf } from "../../proto/light/chain.js";
import { COIN, create, delegate, undelegate } from "../../state/modules/staking-world.js";
import { genesisOf, person, signedTx } from "../../state/world.js";
import { NO_FINGERPRINTS } from "#state/fingerprints/none.js";

/** V1: what staking does in block H is announced by header H + 1 and decides from H + 2, for the chain and for a stranger. */

const NAMES = ["val0", "val1", "ann", "eve"];
const pubKeyOf = (name: string) => ed25519PublicKey(keyOf(name));
const nameOf = (address: Uint8Array): string =>
  NAMES.find((name) => equalBytes(validatorAddress(pubKeyOf(name)), address))!;
const join = (name: string, power: bigint) => create(name, { key: pubKeyOf(name), amount: power * COIN });

type Powers = Readonly<Record<string, bigint>>;

/** What the operator of a validator does in a block, and what that makes of powers. */
const acts: Readonly<Record<number, readonly [who: string, what: AnyMessage, updates: Powers]>> = {
  2: ["ann", join("ann", 40n), { ann: 40n }],
  3: ["val1", delegate("val1", 5n * COIN), { val1: 15n }],
  4: ["ann", undelegate("ann", COIN), { ann: 39n }],
  6: ["val0", undelegate("val0", 10n * COIN), { val0: 0n }],
  7: ["ann", delegate("ann", COIN / 2n), {}],
  8: ["eve", join("eve", 100n), { eve: 100n }],
  9: ["val1", undelegate("val1", 15n * COIN), { val1: 0n }],
  10: ["ann", undelegate("ann", 39n * COIN), { ann: 0n }],
};
/** Of each height, by hand: two after the act. */
const powers: readonly Powers[] = [
  ...[{}, {}, {}, {}].map(() => ({ val0: 10n, val1: 10n })),
  { val0: 10n, val1: 10n, ann: 40n },
  { val0: 10n, val1: 15n, ann: 40n },
  ...[{}, {}].map(() => ({ val0: 10n, val1: 15n, ann: 39n })),
  ...[{}, {}].map(() => ({ val1: 15n, ann: 39n })),
  { val1: 15n, ann: 39n, eve: 100n },
  { ann: 39n, eve: 100n },
  ...[{}, {}].map(() => ({ eve: 100n })),
];

const list = ["val0", "val1"].map((name) => ({ name, key: base64.encode(pubKeyOf(name)), power: 10n }));
const balances = Object.fromEntries(NAMES.map((name) => [name, 1_000n * COIN]));
const genesis = must(parseGenesis(genesisOf(balances, {}, undefined, list)));
const { chainId } = genesis;

function must<T>(value: T | Rejection): T {
  if (isRejection(value)) throw new Error(JSON.stringify(value, (_key, part: unknown) => String(part)));
  return value;
}

const updatesOf = (changes: Powers) =>
  Object.entries(changes).map(([name, power]) => ({ pubKey: pubKeyOf(name), power }));
const powersOf = ({ members }: ValidatorSet): Powers =>
  Object.fromEntries(members.map(({ address, power }) => [nameOf(address), power]));

const options: ChainOptions = {
  gasPriceMin: 0n,
  fingerprints: () => ({ ...NO_FINGERPRINTS, extend: () => undefined }),
};
const store = await openChainStore(new MemoryDisk().open());
const chain = await Chain.open(store, genesis, options);
const lights: LightBlock[] = [];

function txOf(name: string, message: AnyMessage) {
  const { number, sequence } = accountOf(store.latest, person(name).address)!;
  return signedTx(person(name), [message], { number, sequence });
}

/** One height, decided by everybody of the set. @returns updates as the results of the block carry them */
async function decide(set: ValidatorSet, txs: Uint8Array[]) {
  const { height: last, time, beacon, certificate: lastCertificate } = await chain.tip();
  const height = last + 1n;
  const proposer = proposerAt(set, 0).address;
  const built = await chain.build({
    height,
    round: 0,
    time: time + 1000n,
    proposer,
    beaconProof: vrfProve(keyOf(nameOf(proposer)), beaconInput(chainId, height, beacon)),
    lastCertificate,
    evidence: [],
    txs,
  });
  assert.deepEqual(built?.dropped, [], built?.problem);
  const { blockId, bytes } = built!;
  const restarted = await Chain.open(store, genesis, options);
  assert.equal((await restarted.process(bytes)).reason, "", "a node that has just started");
  const signBytes = voteSignBytes(chainId, { type: PRECOMMIT, height, round: 0, blockId });
  const signatures = set.members.map(({ address: validator }, index) => {
    return { index, validator, signature: signEd25519(signBytes, keyOf(nameOf(validator))) };
  });
  const certificate = { height, round: 0, blockId, signatures };
  await chain.commit(bytes, certificateCodec.encode(certificate));
  const header = must(blockCodec.decode(bytes, bytes.length)).header!;
  lights.push({ header, certificate, validators: set });
  const results = must(blockResultsCodec.decode(store.results(height)!));
  assert.deepEqual(
    results.txResults.map(({ code, log }) => [code, log]),
    txs.map(() => [0, ""]),
  );
  return results.validatorUpdates;
}

test("headers carry the sets of their heights, results carry the updates", async () => {
  let set = genesis.validators;
  let following = rotate(set).next;
  for (let height = 1; height < powers.length; height++) {
    assert.deepEqual(powersOf(set), powers[height], `powers of ${height}`);
    const [who, what, changes] = acts[height] ?? ["", undefined, {}];
    const updates = await decide(set, what === undefined ? [] : [txOf(who, what)]);
    assert.deepEqual(updates, updatesOf(changes), `updates of ${height}`);
    const { header } = lights.at(-1)!;
    for (const [field, root] of [
      ["validatorsRoot", validatorsRoot(set)],
      ["nextValidatorsRoot", validatorsRoot(following)],
      ["prioritiesRoot", prioritiesRoot(set)],
    ] as const) {
      assert.equal(toHex(header[field]), toHex(root), `${field} of ${height}`);
    }
    set = following;
    following = rotate(must(applyUpdates(following, updates))).next;
  }
});

const at = (height: number): LightBlock => lights[height - 1]!;
const terms = () => trustTerms(genesis, lights.at(-1)!.header.time);
const first = (): Trusted => must(verifyFirst(genesis, at(1), terms()));

test("a stranger follows from genesis, header by header, over every change", () => {
  let trusted = first();
  for (const light of lights.slice(1)) {
    trusted = must(verifyNext(trusted, light, terms()));
  }
  assert.equal(trusted.height, BigInt(powers.length - 1));
});

test("a stranger skips where the trusted set signed enough, and asks for a header between where it did not", () => {
  assert.deepEqual(
    powersOf(must(verifyNext(first(), at(9), terms())).validators),
    powers[9],
    "val1 is half of the trust",
  );
  const last = at(lights.length);
  const refused = verifyNext(first(), last, terms());
  assert.ok(isRejection(refused));
  assert.equal(refused.code, trustErrors.notEnoughTrust.code);
  const asked: number[] = [];
  let step = bisect({ trusted: first(), pending: [last] }, terms());
  while (step.kind === "need") {
    asked.push(Number(step.height));
    const { trusted, pending } = step.bisection;
    step = bisect({ trusted, pending: [...pending, at(Number(step.height))] }, terms());
  }
  assert.equal(step.kind, "verified");
  assert.ok(asked.length > 0 && asked.length < lights.length - 2, `asked for ${asked.join(" ")}`);
  assert.deepEqual(powersOf(step.trusted.validators), { eve: 100n });
});

test("a certificate is good for the set of its own height alone", () => {
  for (const [height, other] of [
    [10, 9],
    [9, 10],
  ] as const) {
    const { certificate, validators } = at(height);
    const good = (set: ValidatorSet) =>
      verifyCertificate(chainId, set, certificate, { height: BigInt(height) }) === undefined;
    assert.deepEqual([good(validators), good(at(other).validators)], [true, false], `height ${height}`);
  }
});
