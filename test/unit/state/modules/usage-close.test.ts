import assert from "node:assert/strict";
import { test } from "node:test";
import { isRejection } from "#proto/rejection.js";
import type { AnyMessage } from "#proto/tx/decode.js";
import { parseGenesis } from "#proto/types/genesis.js";
import { moduleAccounts } from "#state/module-accounts.js";
import { graceEnds } from "#state/modules/usage/keys.js";
import { balanceOf } from "#state/modules/bank/index.js";
import { addressText } from "#state/modules/chain/index.js";
import { usage, usageErrors } from "#state/modules/usage/index.js";
import { View } from "#state/store/view.js";
import { useNatives } from "#node/runtime/natives.js";
import { answerOf, any, Market, ok, type MarketOptions, type Signed } from "../market.js";
import { genesisOf, person, type Person } from "../world.js";
import { alice, formed, grace, heidi, PREAMBLE, refuses, SPEECH, taken } from "./attribution-world.js";

useNatives();
/** Three epochs of five blocks. */
const GRACE = 15;
const market = (options: Partial<MarketOptions> = {}): Market =>
  new Market({ works: [{ owner: alice, text: PREAMBLE }], ...options });
const held = ({ world }: Market): bigint => balanceOf(world.base, moduleAccounts.usage, "utrib");
const close = (m: Market, who: Person, channelId: bigint) =>
  m.send(who, "tributary.usage.v1.MsgCloseChannel", { signer: who.text, channelId });
const withdraw = (m: Market, who: Person, channelId: bigint) =>
  m.send(who, "tributary.usage.v1.MsgWithdrawChannel", { consumer: who.text, channelId });

/** A channel with one paid answer, signed and not redeemed. */
function sold(m: Market): { channel: bigint; signed: Signed } {
  const channel = m.open(grace, 100_000n);
  m.ask(channel, 10_000n, PREAMBLE);
  return { channel, signed: m.sign(channel, true) };
}

test("closing leaves a grace of three epochs to redeem, then the rest goes back", () => {
  const m = market();
  const { channel, signed } = sold(m);
  refuses(close(m, heidi, channel), usageErrors.notParty, `${grace.text} or ${m.bob.text}`);
  refuses(withdraw(m, grace, channel), usageErrors.channelNotOpen);
  const result = close(m, grace, channel);
  const height = m.world.height + BigInt(GRACE);
  const answer = answerOf(result, "tributary.usage.v1.MsgCloseChannelResponse");
  assert.deepEqual(answer, { withdrawableHeight: height, returned: "0" });
  refuses(close(m, grace, channel), usageErrors.channelNotOpen);
  const more = { consumer: grace.text, channelId: channel, amount: "5" };
  refuses(m.send(grace, "tributary.usage.v1.MsgTopUpChannel", more), usageErrors.channelNotOpen);
  const before = m.world.balance(grace);
  while (m.world.height < height - 2n) m.world.block();
  refuses(withdraw(m, grace, channel), usageErrors.graceRunning, height.toString());
  refuses(m.world.run(m.bob, [m.redeemTx(channel, signed)]), usageErrors.graceEnded, height.toString());
  assert.equal(withdraw(m, grace, channel).code, 0);
  assert.equal(m.world.balance(grace) - before, 100_000n - 2n * 50_000n);
  refuses(withdraw(m, grace, channel), usageErrors.channelNotOpen);
  refuses(close(m, m.bob, channel), usageErrors.channelNotOpen);
  assert.equal(held(m), 0n);
});

test("within the grace vouchers are redeemed, up to its last block", () => {
  const m = market();
  const { channel, signed } = sold(m);
  taken(close(m, grace, channel));
  m.blocks(GRACE - 2);
  m.redeem(channel, signed);
  taken(withdraw(m, grace, channel));
  assert.equal(held(m), 0n);
});

test("a chain that stands still uses up no grace", () => {
  const m = market();
  const { channel, signed } = sold(m);
  taken(close(m, grace, channel));
  m.world.block([], 86_400_000n);
  m.redeem(channel, signed);
});

test("channel_closed names the provider, who watches for it", () => {
  const m = market();
  const { channel } = sold(m);
  const event = close(m, grace, channel).events.find(({ type }) => type === "usage.channel_closed");
  const attributes = Object.fromEntries(event!.attributes.map(({ key, value }) => [key, value]));
  assert.deepEqual(
    { provider: attributes["provider"], consumer: attributes["consumer"], signer: attributes["signer"] },
    { provider: m.bob.text, consumer: grace.text, signer: grace.text },
  );
});

for (const state of ["open", "closing"]) {
  test(`the provider ends an ${state} channel at once, after what it redeems in the same transaction`, () => {
    const m = market();
    const { channel, signed } = sold(m);
    if (state === "closing") taken(close(m, grace, channel));
    const before = m.world.balance(grace);
    const end = any("tributary.usage.v1.MsgCloseChannel", { signer: m.bob.text, channelId: channel });
    taken(m.world.run(m.bob, [m.redeemTx(channel, signed), end], { gas: 20_000_000n, fee: 50_000n }));
    assert.equal(m.world.balance(grace) - before, 90_000n);
    assert.equal(held(m), 0n);
    refuses(withdraw(m, grace, channel), usageErrors.channelNotOpen);
    refuses(close(m, grace, channel), usageErrors.channelNotOpen);
    m.ask(channel, 10n, PREAMBLE);
    refuses(m.world.run(m.bob, [m.redeemTx(channel, m.sign(channel, true))]), usageErrors.graceEnded);
  });
}

test("a provider that closes its channels escapes no opening: the forfeit is the same", () => {
  const forfeited = [false, true].map((closes) => {
    const { m, redeemed, batchId } = formed({}, [PREAMBLE, SPEECH]);
    if (closes) taken(close(m, m.bob, redeemed.voucher.channelId));
    m.blocks(14);
    const { settlement, providerShare } = m.batch(batchId);
    assert.equal(settlement!.forfeited, providerShare);
    return settlement!.forfeited;
  });
  assert.deepEqual(forfeited, [4_000n, 4_000n]);
});

test("1,025 channels in grace: the last one is refused until the first grace ends, unless the provider closes it", () => {
  const m = market();
  m.world.invariantsEvery = 1_000n;
  const owners = ["grace", "heidi", "carol", "dave", "erin", "mallory"].map(person);
  const PER_TX = 57;
  const mallory = owners[5]!;
  /** Three blocks with one transaction of each owner, which has a message for each of its channels. */
  const all = (make: (who: Person, channelId: bigint) => AnyMessage | undefined): void => {
    for (let from = 1; from < 1_026; from += PER_TX * owners.length) {
      const txs = owners.map((who, n) => {
        const ids = Array.from({ length: PER_TX }, (_, i) => BigInt(from + n * PER_TX + i));
        const messages = ids.map((id) => make(who, id)).filter((each) => each !== undefined);
        return m.world.tx(who, messages, { gas: 20_000_000n, fee: 50_000n });
      });
      for (const result of m.world.block(txs).results) taken(result);
    }
  };
  const order = { provider: m.bob.text, versionId: 1n, deposit: "10" };
  all((who) => any("tributary.usage.v1.MsgOpenChannel", { ...order, consumer: who.text }));
  const ends = m.world.height + 1n + BigInt(GRACE);
  all((who, channelId) =>
    channelId > 1_024n ? undefined : any("tributary.usage.v1.MsgCloseChannel", { signer: who.text, channelId }),
  );
  const places = (): number => [...graceEnds.range(m.world.base)].length;
  assert.equal(places(), 1_024);
  refuses(close(m, mallory, 1_025n), usageErrors.graceFull, `${ends}`);
  refuses(close(m, mallory, 1_026n), usageErrors.graceFull, "ask the provider");
  taken(close(m, m.bob, 1_026n));
  while (m.world.height < ends - 1n) m.world.block();
  taken(close(m, mallory, 1_025n));
  assert.equal(places(), 1_024, "one row a place, whatever happens");
});

test("places in grace are of one provider and version, and closing by the provider gives none back", () => {
  const m = market({ attribution: { batch_vouchers_max: 1 } });
  const dave = person("dave");
  const [first, second, elsewhere] = [m.open(grace, 10n), m.open(heidi, 10n), m.open(heidi, 10n, dave)];
  taken(close(m, grace, first));
  taken(close(m, m.bob, first));
  refuses(close(m, heidi, second), usageErrors.graceFull);
  taken(close(m, heidi, elsewhere));
});

for (const epochs of [0, 1, 2]) {
  test(`genesis refuses a grace of ${epochs} epochs, by name`, () => {
    const state = { params: { close_grace_epochs: epochs, deposit_min: "1" } };
    const genesis = ok(parseGenesis(genesisOf({})));
    const refused = usage.initGenesis(
      { view: new View(market().world.base), genesis, address: addressText("trib") },
      state,
    );
    assert.ok(isRejection(refused));
    assert.equal(refused.data["field"], "app_state.usage.params.close_grace_epochs");
    assert.match(String(refused.data["want"]), /at least 3/);
  });
}
