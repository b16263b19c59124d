import { secp256k1PublicKey } from "#proto/crypto/secp256k1.js";
import { signVoucher } from "#proto/attribution/voucher.js";
import { u64be } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { EMPTY_PREFIX, extended, voucherOver, type Prefix } from "#proto/exchange/stretch.js";
import { ownAny } from "#proto/tx/build.js";
import { responseOf } from "#cli/demo/story/actor.js";
import type { ModelChain } from "#test/gateway/chain.js";
import type { Bench } from "../suite.js";

const FEE = 10n;

/** One voucher over ever more receipts: the chain's cost does not depend on their number. */
export async function vouchers(bench: Bench, { story, market }: ModelChain): Promise<void> {
  const [consumer, provider] = [story.cast("heidi"), story.cast("bob")];
  const { versionId, prices, versionDatanets } = market.published;
  for (const count of bench.quick ? [10, 1_000] : [10, 1_000, 100_000]) {
    const opened = await consumer.send(
      ownAny("tributary.usage.v1.MsgOpenChannel", {
        consumer: consumer.address,
        provider: provider.address,
        versionId,
        deposit: (FEE * BigInt(count)).toString(),
      }),
    );
    const { channelId } = responseOf(opened, "tributary.usage.v1.MsgOpenChannelResponse");
    const keys = [provider, consumer].map(({ key }) => secp256k1PublicKey(key.secretKey));
    const sides = { providerKey: keys[0]!, consumerKey: keys[1]! };
    const terms = { chainId: story.chainId, channelId, versionId, prices, versionDatanets, ...sides };
    let prefix: Prefix = EMPTY_PREFIX;
    for (let nonce = 1n; nonce <= BigInt(count); nonce++) {
      prefix = extended(prefix, { nonce, fee: FEE, hash: sha256(u64be(nonce)) });
    }
    const voucher = voucherOver(terms, prefix, false);
    const signature = signVoucher(voucher, consumer.key.secretKey);
    const redeemed = await provider.send(
      ownAny("tributary.usage.v1.MsgRedeemVoucher", { signer: provider.address, voucher, signature }),
    );
    const { gasUsed } = redeemed.result;
    bench.result({ name: `gas_per_voucher_of_${count}`, value: Number(gasUsed), unit: "gas" });
    bench.result({ name: `bytes_per_voucher_of_${count}`, value: redeemed.tx.length, unit: "bytes" });
  }
  const most = bench.quick ? 1_000 : 100_000;
  bench.result({ name: name(bench, "receipts_per_voucher"), value: most, unit: "receipts" });
}

const name = (bench: Bench, of: string): string => (bench.quick ? `${of}_quick` : of);
