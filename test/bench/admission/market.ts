import { MsgMultiSend, MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { present } from "#proto/assert.js";
import { intentCommitment } from "#proto/attribution/commitment.js";
import { distinctSorted } from "#proto/attribution/packed.js";
import { setRoot } from "#proto/attribution/set-tree.js";
import { concat, u32be, u64be, utf8 } from "#proto/bytes.js";
import { FINGERPRINT_CHUNK_BYTES } from "#proto/limits.js";
import { sha256 } from "#proto/crypto/hash.js";
import { termsOf } from "#state/modules/datanet/records.js";
import { single, textOf } from "#test/fixtures/parties.js";
import { any, ok, type Redeemed } from "#test/unit/state/market.js";
import { person } from "#test/unit/state/world.js";
import type { Arena } from "./arena.js";
import type { ValidShape } from "./shapes.js";

const portion = (share: number, most: number): number => 1 + Math.floor(share * (most - 1));

/** Brings a market to where every message with work of its own in it is taken; gives those messages. */
export function marketShapes({ market }: Arena): Readonly<Record<string, ValidShape>> {
  const { world, bob } = market;
  const alice = person("alice");
  const consumer = person("grace");
  const channel = market.open(consumer, 10n ** 9n);

  // A batch that is open: one voucher over answers of every length, each of which may be shown.
  const words = (count: number, salt: number): string =>
    Array.from({ length: count }, (_, i) => `w${(i * 7919 + salt) % 65_536}`).join(" ");
  const answers = [15_000, 4_000, 1_000, ...Array.from({ length: 60 }, () => 200)];
  answers.forEach((count, i) => void market.ask(channel, 1_000n, words(count, i), "tell me"));
  const signed = market.sign(channel, true);
  const redeemed: Redeemed = market.redeem(channel, signed);
  market.endEpoch();
  const openings = market.wanted(redeemed.batchId, [redeemed]);

  // Vouchers that wait for their provider.
  const vouchers = Array.from({ length: 64 }, () => {
    market.ask(channel, 10n, "an answer", "tell me");
    return market.redeemTx(channel, market.sign(channel, true));
  });

  // A contribution that has been announced.
  const prints = distinctSorted(
    concat(...Array.from({ length: FINGERPRINT_CHUNK_BYTES / 8 }, (_, i) => u64be(BigInt(i) * 2n ** 40n + 1n))),
  );
  const [content, nonce] = [sha256(utf8("content")), sha256(utf8("nonce"))];
  const contribute = (count: number) => {
    const set = prints.slice(0, count * 8);
    return { set, fpRoot: ok(setRoot(set)) };
  };
  const sizes = [1, 2_048, 8_192].map(contribute);
  for (const { fpRoot, set } of sizes) {
    const commitment = intentCommitment({ fpRoot, contentRoot: content, owner: alice.address, nonce });
    const result = market.send(alice, "tributary.datanet.v1.MsgCommitContribution", {
      owner: alice.text,
      commitment,
      fpCount: set.length / 8,
    });
    if (result.code !== 0) throw new Error(result.log);
  }
  world.block();
  const terms = present(termsOf(world.base, 1n, 1), "the market has terms");

  const pay = (count: number) => {
    const to = (i: number) => person(`receiver ${i % 8}`).text;
    return Array.from({ length: count }, (_, i) => ({
      typeUrl: MsgSend.typeUrl,
      value: MsgSend.encode({
        fromAddress: alice.text,
        toAddress: to(i),
        amount: [{ denom: "utrib", amount: "1" }],
      }).finish(),
    }));
  };
  return {
    payments: (share) => ({ messages: pay(portion(share, 64)), signer: single("alice") }),
    multiSend(share) {
      const count = portion(share, 500);
      const coins = (amount: number) => [{ denom: "utrib", amount: String(amount) }];
      const value = MsgMultiSend.encode({
        inputs: [{ address: alice.text, coins: coins(count) }],
        outputs: Array.from({ length: count }, (_, i) => ({
          address: textOf({ people: [person(`receiver ${i % 8}`)], threshold: 0 }),
          coins: coins(1),
        })),
      }).finish();
      return { messages: [{ typeUrl: MsgMultiSend.typeUrl, value }], signer: single("alice") };
    },
    openLong: () => ({
      messages: [
        any("tributary.attribution.v1.MsgOpenSample", {
          ...{ signer: bob.text, batchId: redeemed.batchId, openings: openings.slice(0, 1) },
        }),
      ],
      signer: single("bob"),
    }),
    openMany: (share) => ({
      messages: [
        any("tributary.attribution.v1.MsgOpenSample", {
          ...{ signer: bob.text, batchId: redeemed.batchId, openings: openings.slice(3, 3 + portion(share, 60)) },
        }),
      ],
      signer: single("bob"),
    }),
    redeem: (share) => ({ messages: vouchers.slice(0, portion(share, vouchers.length)), signer: single("bob") }),
    openChannels: (share) => ({
      messages: Array.from({ length: portion(share, 64) }, () =>
        any("tributary.usage.v1.MsgOpenChannel", {
          ...{ consumer: consumer.text, provider: bob.text, versionId: 1n, deposit: "1000" },
        }),
      ),
      signer: single("grace"),
    }),
    contribute(share) {
      const { set, fpRoot } = sizes[Math.min(sizes.length - 1, Math.floor(share * sizes.length))]!;
      return {
        messages: [
          any("tributary.datanet.v1.MsgContribute", {
            ...{ owner: alice.text, datanetId: 1n, nonce, contentRoot: content, contentBytes: 100n, recordCount: 1 },
            ...{ mediaType: "text/plain", title: "A work", termsVersion: 1, termsHash: terms.hash, fpRoot },
            ...{ fpCount: set.length / 8, tokenCount: set.length / 8 + 5, fingerprints: set },
          }),
        ],
        signer: single("alice"),
      };
    },
    createDatanets: (share) => ({
      messages: Array.from({ length: portion(share, 64) }, (_, i) =>
        any("tributary.datanet.v1.MsgCreateDatanet", {
          ...{ creator: alice.text, slug: `net-${i}`, title: "A net", cardHash: sha256(u32be(i)), cardUri: "" },
          ...{ admission: 1, curators: [], threshold: 0, contributors: [], normId: 2, tier: 1, bond: "1000" },
          ...{ treasuryBasisPoints: 500, termsHash: sha256(u32be(1)), termsUri: "", mediaTypes: ["text/plain"] },
          ...{ contentBytesMax: 0n, contributionsMax: 0 },
        }),
      ),
      signer: single("alice"),
    }),
  };
}
