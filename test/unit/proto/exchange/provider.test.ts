import assert from "node:assert/strict";
import { test } from "node:test";
import { signCeiling, type Ceiling } from "#proto/attribution/ceiling.js";
import { signVoucher, type Voucher } from "#proto/attribution/voucher.js";
import { exchangeErrors } from "#proto/exchange/errors.js";
import { ProviderChannel, type AskedCeiling, type View } from "#proto/exchange/provider.js";
import { isRejection } from "#proto/rejection.js";
import { idOf } from "#test/exchange/provider-machine.js";
import { requestFor, secrets, terms } from "#test/exchange/terms.js";
import { ok, refused } from "../attribution/world.js";
import { Pair, view } from "./pair.js";

const stranger = new Uint8Array(32).fill(33);
const signed = (asked: AskedCeiling, change: Partial<Ceiling>, secret = secrets.consumer): AskedCeiling => {
  const ceiling = { ...asked.ceiling!, ...change };
  return { ...asked, ceiling, signature: signCeiling(ceiling, secret) };
};

/** What a dishonest consumer sends instead of its ceiling, and how it is refused. */
const ceilings: readonly (readonly [
  name: string,
  change: (asked: AskedCeiling) => AskedCeiling,
  error: string,
  at?: Partial<View>,
])[] = [
  ["another account's signature", (asked) => signed(asked, {}, stranger), "badSignature"],
  ["a body that it did not sign for", (asked) => ({ ...asked, request: requestFor("a dearer one") }), "wrongCeiling"],
  ["a price of its own", (asked) => signed(asked, { prices: { ...terms.prices, pricePerCall: 1n } }), "wrongCeiling"],
  ["more than its deposit has left", (asked) => asked, "wrongCeiling", { deposit: 199n }],
  ["more than the credit, with what it owes elsewhere", (asked) => asked, "overCredit", { elsewhere: 801n }],
  ["a ceiling below the price of its own request", (asked) => signed(asked, { feeMax: 101n }), "feeTooLow"],
  ["a ceiling of long ago", (asked) => asked, "wrongCeiling", { height: 131n }],
  ["a ceiling for ever", (asked) => signed(asked, { expiry: 131n }), "wrongCeiling"],
  ["a voucher that nobody has", (asked) => signed(asked, { lastVoucher: new Uint8Array(32) }), "unknownVoucher"],
  [
    "datanets out of order",
    (asked) => ({ ...asked, request: { ...asked.request!, datanets: [2n, 1n] } }),
    "wrongDatanets",
  ],
];

for (const [name, change, error, at = {}] of ceilings) {
  test(`a dishonest consumer's ceiling is refused: ${name}`, () => {
    const pair = new Pair();
    const begun = pair.provider.begin(change(pair.ask("hello there")), { ...view, ...at });
    assert.ok(isRejection(begun), "it was taken");
    assert.equal(begun.name, error);
    assert.equal(pair.provider.inFlight, 0n);
  });
}

test("a second book of the same consumer is refused, whatever it signs", () => {
  const [one, other] = [new Pair(1), new Pair(2)];
  assert.equal(one.provider.begin(one.ask("hello"), view), "begun");
  refused(one.provider.begin(other.ask("hello"), view), exchangeErrors.otherBook);
});

test("a replayed ceiling has one answer: running, sealed, or void", () => {
  const pair = new Pair();
  const asked = pair.ask("hello");
  assert.equal(pair.provider.begin(asked, view), "begun");
  assert.deepEqual(pair.provider.begin(asked, view), { state: "running" });
  assert.equal(pair.provider.inFlight, 200n);
  const said = { seed: new Uint8Array(32), time: 1n, added: [], answer: "yes" };
  pair.provider.addExchange(ok(pair.provider.seal(idOf(asked), said, secrets.provider)));
  assert.deepEqual(pair.provider.begin(asked, view), { state: "receipt", nonce: 1n });
  assert.deepEqual([pair.provider.inFlight, pair.provider.unpaid], [0n, 111n]);

  const other = pair.ask("never sent");
  pair.provider.addVoid(ok(pair.provider.void(other.ceiling!)));
  assert.deepEqual(pair.provider.begin(other, view), { state: "void" });
});

test("a consumer that withholds its vouchers gets the credit and no answer more", () => {
  const pair = new Pair();
  let answers = 0;
  for (; answers < 100; answers++) {
    const asked = pair.ask(`question ${answers}`);
    if (isRejection(pair.provider.begin(asked, view))) break;
    const said = { seed: new Uint8Array(32), time: 1n, added: [], answer: "one two three" };
    pair.provider.addExchange(ok(pair.provider.seal(idOf(asked), said, secrets.provider)));
  }
  assert.ok(answers > 3 && pair.provider.unpaid <= view.credit, `${answers} answers, ${pair.provider.unpaid} unpaid`);
  pair.provider.forget(1_000n);
  assert.ok(isRejection(pair.provider.begin(pair.ask("later"), view)), "time forgives nothing");
});

test("a voucher pays for the receipts before it, once", () => {
  const pair = new Pair();
  for (const text of ["one", "two", "three"]) pair.use(text, "yes");
  const row = pair.consumer.sign(false)!;
  const taken = pair.provider.pay(row);
  assert.ok(taken !== undefined && !isRejection(taken));
  pair.provider.addVoucher(taken);
  assert.deepEqual([pair.provider.unpaid, pair.provider.paid.nonce], [0n, 3n]);
  assert.equal(pair.provider.pay(row), undefined, "a replay pays for nothing");
});

/** What a dishonest consumer signs instead of its voucher. */
const vouchers: readonly (readonly [name: string, change: Partial<Voucher>, error: string])[] = [
  ["a smaller sum", { amount: 332n }, "refused"],
  ["a smaller audited sum", { auditSum: 111n }, "refused"],
  ["fewer audited receipts", { auditCount: 2n }, "refused"],
  ["another tree", { auditRoot: new Uint8Array(32).fill(1) }, "refused"],
  ["receipts that there are not", { nonce: 4n }, "bookBehind"],
  ["another channel", { channelId: 4n }, "refused"],
  ["another chain", { chainId: "tributary-1" }, "refused"],
];

for (const [name, change, error] of vouchers) {
  test(`a dishonest consumer's voucher pays for nothing: ${name}`, () => {
    const pair = new Pair();
    for (const text of ["one", "two", "three"]) pair.use(text, "yes");
    const voucher = { ...pair.consumer.sign(false)!.voucher!, ...change };
    const taken = pair.provider.pay({ voucher, signature: signVoucher(voucher, secrets.consumer) });
    assert.ok(isRejection(taken), "it was taken");
    assert.equal(taken.name, error);
    assert.equal(pair.provider.unpaid, 333n);
  });
}

test("a gateway whose book is behind a voucher says so", () => {
  const pair = new Pair();
  pair.use("one", "yes");
  const row = pair.consumer.sign(false)!;
  refused(new ProviderChannel(terms).pay(row), exchangeErrors.bookBehind);
});

test("a consumer that asks for the fate of ceilings that never came fills no memory", () => {
  const pair = new Pair();
  const end = (): unknown => {
    const row = pair.provider.void(pair.ask("never sent").ceiling!);
    if (!isRejection(row)) pair.provider.addVoid(row);
    return row;
  };
  for (let i = 0; i < 1_024; i++) ok(end());
  refused(end(), exchangeErrors.tooManyVoids);
  assert.equal(pair.provider.forget(121n).length, 1_024, "expired ones cannot begin, and are forgotten");
  ok(end());
});
