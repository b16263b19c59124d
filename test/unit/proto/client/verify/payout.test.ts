import assert from "node:assert/strict";
import { test } from "node:test";
import { BILLIONTHS } from "#proto/amount.js";
import { payKinds } from "#proto/attribution/pay.js";
import { fromBase64, toBase64 } from "#proto/base64.js";
import { equalBytes, toHex, u64be, type Bytes } from "#proto/bytes.js";
import { message, type MessageName, type Messages } from "#proto/codec/message.js";
import { readStored, stateKeys } from "#proto/light/state-keys.js";
import { trustingPeriod } from "#proto/light/trust.js";
import { certificateCodec, headerCodec, headerHash } from "#proto/types/block.js";
import { bundleSource, readBundle, Recording } from "#proto/client/verify/bundle.js";
import { verifyPayout, verifyPayoutFrom, type PayoutReport } from "#proto/client/verify/payout.js";
import { rpcSource } from "#proto/client/verify/source.js";
import { backend, setBackend } from "#proto/crypto/backend.js";
import { useNatives } from "#node/runtime/natives.js";
import { remembered } from "#test/simulation/remembered.js";
import { certify } from "../../light/chain.js";
import { Market, ok } from "../../../state/market.js";
import { person } from "../../../state/world.js";
import { Chronicle, set, type Committed, type Lie, type Result } from "./served-chain.js";

useNatives();
setBackend(remembered(backend())); // Each case serves the chain again.
const [alice, dave, grace, heidi] = ["alice", "dave", "grace", "heidi"].map(person) as never as [
  ReturnType<typeof person>,
  ReturnType<typeof person>,
  ReturnType<typeof person>,
  ReturnType<typeof person>,
];
const PREAMBLE =
  "we the people of the united states in order to form a more perfect union establish justice insure domestic tranquility";
const SPEECH =
  "the state of our nation is strong because our farmers our workers and our inventors have labored without rest this year";
const OTHER = "nobody ever wrote these seven words before in any text of this little test world of ours";

/** A batch that was opened whole and one that was sampled with an opening withheld, both settled, matured and paid. */
function story(): Chronicle {
  const market = new Market({
    works: [
      { owner: alice, text: PREAMBLE },
      { owner: dave, text: SPEECH },
      { owner: heidi, text: PREAMBLE, intent: 9 },
    ],
    treasuryBasisPoints: 1_000,
    royalties: [1_500],
  });
  const chronicle = new Chronicle(market);
  const first = market.open(grace, 100_000_000n);
  for (const text of [PREAMBLE, SPEECH, OTHER]) market.ask(first, 10_007n, text);
  const whole = market.redeem(first, market.sign(first, true, 501n));
  market.endEpoch();
  assert.equal(market.openSample(market.bob, whole.batchId, market.wanted(whole.batchId, [whole])).code, 0);
  assert.equal(market.settle(grace, whole.batchId).code, 0);

  const second = market.open(heidi, 100_000_000n);
  for (let i = 0; i < 20; i++) market.ask(second, 9_000n + BigInt(i), i % 3 === 0 ? SPEECH : `${PREAMBLE} ${i}`);
  const sampled = market.redeem(second, market.sign(second, false));
  market.endEpoch();
  market.blocks(3);
  const [withheld, ...shown] = market.wanted(sampled.batchId, [sampled]);
  assert.ok(withheld !== undefined && shown.length > 0);
  assert.equal(market.openSample(market.bob, sampled.batchId, shown).code, 0);
  market.blocks(22);
  assert.ok(market.batch(sampled.batchId).settlement!.forfeited > 0n);
  assert.ok(market.totals().paid > 0n);
  return chronicle;
}

const chronicle = story();
const { genesis } = chronicle;
const honest = await chronicle.serve();

const verify = (lie?: Lie, options = {}): Promise<PayoutReport> =>
  verifyPayout(honest.client(lie), genesis, { now: honest.now, ...options });

test("an honest node: every batch agrees, to the last unit", async () => {
  const report = await verify();
  assert.equal(report.disagreement, undefined);
  assert.deepEqual(
    report.batches.map(({ batchId, agrees }) => [batchId, agrees]),
    [
      [1n, true],
      [2n, true],
    ],
  );
  for (const { payments, batch } of report.batches) {
    const { booked, pending, accruing, released, owed, paid, treasuries } = payments;
    assert.equal(booked, pending + accruing + released + owed + paid + treasuries);
    const { fees, burned, validators, settlement } = batch!;
    const { residual, contested, forfeited } = settlement!;
    const elsewhere = BigInt(residual) + BigInt(contested) + (burned + validators + forfeited) * BILLIONTHS;
    assert.equal(fees * BILLIONTHS, elsewhere + booked);
  }
  assert.equal(report.batches[1]!.batch!.settlement!.drawn, 3n);
});

test("an owner's account equals what all batches owe it", async () => {
  for (const { text } of [alice, dave, person("bob"), person("carol")]) {
    const report = await verify(undefined, { owner: text });
    assert.equal(report.disagreement, undefined);
    assert.ok(report.owner!.payments.booked > 0n);
  }
});

test("what was exported recomputes without a node, and one changed byte is found", async () => {
  const recording = new Recording(rpcSource(honest.client()));
  const online = await verifyPayoutFrom(recording, genesis, { now: honest.now });
  const text = recording.text(honest.now);
  const offline = await verifyPayoutFrom(bundleSource(readBundle(text)), genesis, { now: honest.now });
  assert.deepEqual(offline, online);
  const state = (JSON.parse(text) as { state: Record<string, Record<string, { value: string }>> }).state;
  const key = toHex(stateKeys.credit(1n, 1n));
  const value = Object.values(state)[0]![key]!.value;
  const changed = text.replace(value, toBase64(Uint8Array.from(fromBase64(value)!).fill(9, -1)));
  const refused = await verifyPayoutFrom(bundleSource(readBundle(changed)), genesis, { now: honest.now });
  assert.equal(refused.disagreement?.what, "credit of contribution 1 in batch 1");
});

/** Another value for one state key, in whatever the node answers. */
function instead(key: Bytes, change: (value: Bytes) => Bytes | undefined): Lie {
  return (method, params, result) => {
    if (method !== "abci_query" || params["data"] !== toHex(key)) return result;
    const response = result["response"] as Record<string, string>;
    const value = change(fromBase64(response["value"] ?? "") ?? new Uint8Array(0));
    return { response: { ...response, value: value === undefined ? null : toBase64(value) } };
  };
}

/** The stored message with some of its fields changed. */
function edited<N extends MessageName>(name: N, change: Partial<Messages[N]>): (value: Bytes) => Bytes {
  return (value) => {
    const body = message(name).encode({ ...ok(readStored(name, value)), ...change });
    return Uint8Array.from([1, ...body]);
  };
}
const flipped = (value: Bytes): Bytes => value.with(value.length - 1, value.at(-1)! ^ 1);

/** An honest answer to another question: its value and proof belong together, but not to what was asked. */
function answeredAs(key: Bytes, other: { readonly data?: string; readonly height?: string }): Lie {
  return (method, params, result, ask) =>
    method === "abci_query" && params["data"] === toHex(key) ? ask(method, { ...params, ...other }) : result;
}

/** A list query without its last row. */
function shortened<N extends MessageName>(path: string, name: N, drop: (answer: Messages[N]) => Messages[N]): Lie {
  return (_method, params, result) => {
    if (params["path"] !== path) return result;
    const response = result["response"] as Record<string, string>;
    const answer = ok(message(name).decode(fromBase64(response["value"]!)!));
    return { response: { ...response, value: toBase64(message(name).encode(drop(answer))) } };
  };
}

type Header = Parameters<typeof headerCodec.encode>[0];
/** Another header at one height; signed again by those whose keys the liar has. */
function forged(height: bigint, change: Partial<Header>, signers?: readonly string[]): Lie {
  return (method, params, result): Result => {
    if (method !== "light_block" || params["height"] !== String(height)) return result;
    const header = { ...ok(headerCodec.decode(fromBase64(result["header"] as string)!)), ...change };
    const certificate =
      signers === undefined ? result["certificate"] : toBase64(certificateCodec.encode(certify(header, set, signers)));
    return { ...result, header: toBase64(headerCodec.encode(header)), certificate };
  };
}

const TIP = honest.headers.height;
const OTHER_ROOT = new Uint8Array(32).fill(7);
/** Two proposers of four have contributed since epoch 1 ended with height 10. */
const BEACON_HEIGHT = 12n;
const credit = stateKeys.credit(1n, 1n);
const chunk = stateKeys.fingerprints(2n, 0);

const lies: { readonly what: string; readonly lie: Lie; readonly found: string; readonly why: RegExp }[] = [
  {
    what: "a changed credit",
    lie: instead(credit, edited("tributary.attribution.v1.Credit", { amount: "1" })),
    found: "credit of contribution 1 in batch 1",
    why: /does not prove/,
  },
  {
    what: "a credit that is said to be absent",
    lie: instead(credit, () => undefined),
    found: "credit of contribution 1 in batch 1",
    why: /does not prove that it is absent/,
  },
  {
    what: "a dropped contribution, with the proof of another absence",
    lie: answeredAs(stateKeys.contribution(2n), { data: toHex(stateKeys.contribution(99n)) }),
    found: "contribution 2",
    why: /does not prove that it is absent/,
  },
  {
    what: "one contribution in another's place",
    lie: answeredAs(stateKeys.contribution(2n), { data: toHex(stateKeys.contribution(1n)) }),
    found: "contribution 2",
    why: /does not prove/,
  },
  {
    what: "fewer contributions than there are",
    lie: instead(stateKeys.nextContribution(), () => u64be(2n)),
    found: "the number of contributions",
    why: /does not prove/,
  },
  {
    what: "an altered fingerprint chunk",
    lie: instead(chunk, flipped),
    found: "fingerprints (chunk 0) of contribution 2",
    why: /does not prove/,
  },
  {
    what: "an altered voucher",
    lie: instead(stateKeys.voucher(1n, 1n), edited("tributary.attribution.v1.Voucher", { auditSum: 1n })),
    found: "voucher 1 of batch 1",
    why: /does not prove/,
  },
  {
    what: "a voucher left out",
    lie: shortened(
      "/tributary.attribution.v1.Query/Vouchers",
      "tributary.attribution.v1.QueryVouchersResponse",
      (answer) => ({
        ...answer,
        vouchers: answer.vouchers.slice(1),
      }),
    ),
    found: "vouchers of batch 1",
    why: /the batch has 1, the node shows 0/,
  },
  {
    what: "an opening left out",
    lie: shortened(
      "/tributary.attribution.v1.Query/Openings",
      "tributary.attribution.v1.QueryOpeningsResponse",
      (answer) => ({
        ...answer,
        openings: answer.openings.slice(1),
      }),
    ),
    found: "openings of batch 1",
    why: /counts 3 answered receipts/,
  },
  {
    what: "an altered opening",
    lie: instead(stateKeys.opening(1n, 1n, 0n), flipped),
    found: "opening of receipt 0 under voucher 1",
    why: /does not prove/,
  },
  {
    what: "a forged header under the old certificate",
    lie: forged(TIP, { stateRoot: OTHER_ROOT }),
    found: `header ${TIP}`,
    why: /other block/,
  },
  {
    what: "a forged header, signed by half of the validators",
    lie: forged(TIP, { stateRoot: OTHER_ROOT }, ["a", "b"]),
    found: `header ${TIP}`,
    why: /power/,
  },
  {
    what: "a forged first header of another genesis",
    lie: forged(1n, { beaconProof: new Uint8Array(80) }, ["a", "b", "c", "d"]),
    found: "header 1",
    why: /beacon/,
  },
  {
    what: "a stale proof: batch 2 as it was before it was settled",
    lie: answeredAs(stateKeys.batch(2n), { height: "12" }),
    found: "batch 2",
    why: /does not prove/,
  },
  {
    what: "a wrong beacon in the epoch",
    lie: instead(stateKeys.epoch(1n), edited("tributary.attribution.v1.Epoch", { beacon: OTHER_ROOT })),
    found: "epoch 1",
    why: /does not prove/,
  },
  {
    what: "a header with another beacon, on the way to the sample",
    lie: forged(BEACON_HEIGHT - 1n, { beaconProof: new Uint8Array(80) }, ["a", "b", "c", "d"]),
    found: `header ${BEACON_HEIGHT - 1n}`,
    why: /other chain/,
  },
  {
    what: "another beacon, though all validators signed it",
    lie: forged(BEACON_HEIGHT, { beaconProof: new Uint8Array(80) }, ["a", "b", "c", "d"]),
    found: `beacon of height ${BEACON_HEIGHT}`,
    why: /beacon/,
  },
];

for (const { what, lie, found, why } of lies) {
  test(`a lying node is found by name: ${what}`, async () => {
    const report = await verify(lie);
    assert.equal(report.agrees, false);
    assert.equal(report.disagreement?.what, found);
    assert.match(report.disagreement.why, why);
    assert.equal(report.disagreement.kind, "unproven");
  });
}

/** The value of one key as wrong validators would have committed it, from the first time it fits. */
function committedAs(key: Bytes, change: (value: Bytes) => Bytes): Committed {
  return (at, value) => (equalBytes(at, key) ? change(value) : value);
}
const batchWith = (change: (batch: Messages["tributary.attribution.v1.Batch"]) => object): Committed =>
  committedAs(stateKeys.batch(1n), (value) => {
    const batch = ok(readStored("tributary.attribution.v1.Batch", value));
    return edited("tributary.attribution.v1.Batch", change(batch))(value);
  });

const wrongChains: { readonly what: string; readonly committed: Committed; readonly found: string }[] = [
  {
    what: "credits a contribution with one unit more",
    committed: committedAs(credit, (value) => {
      const { amount } = ok(readStored("tributary.attribution.v1.Credit", value));
      return edited("tributary.attribution.v1.Credit", { amount: `${BigInt(amount) + 1n}` })(value);
    }),
    found: "amount of credit of contribution 1 in batch 1",
  },
  {
    what: "credits the second committer",
    committed: (key, value) =>
      equalBytes(key, stateKeys.contribution(3n))
        ? edited("tributary.datanet.v1.Contribution", { intentIndex: 0, intentHeight: 0n })(value)
        : value,
    found: "credit of contribution 1 in batch 1",
  },
  {
    what: "keeps another residual",
    committed: batchWith(({ settlement }) =>
      settlement === undefined
        ? {}
        : { settlement: { ...settlement, residual: `${BigInt(settlement.residual) + 1n}` } },
    ),
    found: "residual of settlement of batch 1",
  },
  {
    what: "burns less than its rule",
    committed: batchWith(({ burned }) => ({ burned: burned - 1n })),
    found: "burned of batch 1",
  },
  {
    what: "pays the provider more",
    committed: committedAs(
      stateKeys.payEntry(1n, payKinds.provider, 0n),
      edited("tributary.payout.v1.Entry", { amount: "1000000" }),
    ),
    found: "amount of pay of the provider for batch 1",
  },
  {
    what: "pays the treasury by other terms",
    committed: committedAs(stateKeys.terms(1n, 1), edited("tributary.datanet.v1.Terms", { treasuryBasisPoints: 0 })),
    found: "treasury of pay of contribution 1 for batch 1",
  },
  {
    what: "earns an owner less than the batch owes",
    committed: committedAs(
      stateKeys.payLine(alice.address, 1n, payKinds.contribution, 1n),
      edited("tributary.payout.v1.Line", { earned: "1" }),
    ),
    found: `earned in the line of ${alice.text} for batch 1, contribution 1`,
  },
  {
    what: "samples with a beacon of its own",
    committed: committedAs(stateKeys.epoch(1n), (value) => {
      const { beacon } = ok(readStored("tributary.attribution.v1.Epoch", value));
      return beacon.length === 0 ? value : edited("tributary.attribution.v1.Epoch", { beacon: OTHER_ROOT })(value);
    }),
    found: "beacon of epoch 1",
  },
  {
    what: "keeps other fingerprints than were committed to",
    committed: committedAs(chunk, flipped),
    found: "fingerprints of contribution 2",
  },
  {
    what: "keeps a voucher that nobody signed",
    committed: committedAs(stateKeys.voucher(1n, 1n), edited("tributary.attribution.v1.Voucher", { amount: 1n })),
    found: "voucher 1 of batch 1",
  },
  {
    what: "keeps an opening that is not under its voucher",
    committed: committedAs(stateKeys.opening(1n, 1n, 0n), (value) => {
      const { head } = ok(readStored("tributary.attribution.v1.OpenedReceipt", value));
      return edited("tributary.attribution.v1.OpenedReceipt", { head: { ...head!, seed: OTHER_ROOT } })(value);
    }),
    found: "opening of receipt 0 under voucher 1",
  },
];

for (const { what, committed, found } of wrongChains) {
  test(`a chain that agreed on something wrong is found by name: it ${what}`, async () => {
    const chain = await chronicle.serve(committed);
    const report = await verifyPayout(chain.client(), genesis, { now: chain.now });
    assert.equal(report.agrees, false);
    const all = report.batches.flatMap(({ disagreements }) => disagreements.map((one) => one.what));
    assert.ok(all.includes(found), `${found} is not among: ${all.join("; ")}`);
  });
}

test("a chain whose genesis is too long ago is trusted from a header that is known by its hash", async () => {
  const now = genesis.time + trustingPeriod(genesis) + 5_000n;
  const refused = await verify(undefined, { now });
  assert.match(refused.disagreement!.why, /expired/);
  const trust = { height: TIP - 1n, hash: headerHash(honest.headers.at(TIP - 1n)!.header) };
  const report = await verify(undefined, { now, trust });
  assert.equal(report.disagreement, undefined);
  assert.equal(
    (await verify(undefined, { now, trust: { ...trust, hash: OTHER_ROOT } })).disagreement?.what,
    `header ${TIP - 1n}`,
  );
});
