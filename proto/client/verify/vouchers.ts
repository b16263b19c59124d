import type { FeeShares, FeeSplit } from "../../attribution/fee.js";
import { epochAt } from "../../attribution/epoch.js";
import { linksOf, linksToProvider } from "../../attribution/links.js";
import { rowRoyalties, sumRows } from "../../attribution/rows.js";
import type { VoucherRecord } from "../../attribution/stretch.js";
import { verifyVoucher } from "../../attribution/voucher.js";
import type { BatchRecord } from "../../attribution/batch.js";
import type { Messages } from "../../codec/message.js";
import { fromBech32, toBech32 } from "../../crypto/address.js";
import { stateKeys } from "../../light/state-keys.js";
import { decodeKey } from "../../tx/decode.js";
import type { Comparison } from "./compare.js";
import { must, mustHold, VerifyFault } from "./fault.js";
import type { Source } from "./source.js";
import { inOrder, type ProvenState } from "./state.js";

/** Everything that verifying vouchers reads. */
export interface VoucherWorld {
  readonly source: Source;
  readonly state: ProvenState;
  readonly chainId: string;
  readonly bech32Prefix: string;
}

/**
 * All vouchers of a batch, each with its consumer's signature verified. None can be omitted: the batch's record counts
 * them.
 */
export async function readVouchers(world: VoucherWorld, batch: BatchRecord): Promise<VoucherRecord[]> {
  const { source, state } = world;
  const ids = [...new Set(await source.voucherIds(batch.id, state.height))].sort((a, b) => (a < b ? -1 : 1));
  const list = `vouchers of batch ${batch.id}`;
  if (ids.length !== batch.vouchers) {
    throw new VerifyFault("incomplete", list, `the batch has ${batch.vouchers}, the node shows ${ids.length}`);
  }
  return inOrder(ids, async (id) => {
    const what = `voucher ${id} of batch ${batch.id}`;
    const voucher = await state.get("tributary.attribution.v1.Voucher", stateKeys.voucher(batch.id, id), what);
    if (voucher.id !== id || voucher.batchId !== batch.id) {
      throw new VerifyFault("wrong_record", what, "the record is of another voucher");
    }
    await checkSignature(world, voucher, what);
    return voucher;
  });
}

/** Rebuilds the consumer's sign bytes from the record and checks them under the key of its account. */
async function checkSignature(world: VoucherWorld, voucher: VoucherRecord, what: string): Promise<void> {
  const { chainId } = world;
  const { consumer, channelId, nonce, amount, auditRoot, auditSum, auditCount, openAll, signature } = voucher;
  const name = accountName(consumer);
  const account = await readAccount(world, consumer);
  const key = must(name, decodeKey({ typeUrl: account.keyType, value: account.key }));
  if (key.kind !== "secp256k1") throw new VerifyFault("wrong_record", name, "vouchers need one secp256k1 key");
  const signed = { chainId, channelId, nonce, amount, auditRoot, auditSum, auditCount, openAll };
  mustHold(what, verifyVoucher(signed, signature, key.key));
}

const accountName = (text: string): string => `account ${text}`;

async function readAccount(
  { state, bech32Prefix }: VoucherWorld,
  text: string,
): Promise<Messages["tributary.auth.v1.Account"]> {
  const name = accountName(text);
  const address = fromBech32(bech32Prefix, text);
  if (address === undefined) throw new VerifyFault("wrong_record", name, "no address of this chain");
  return state.get("tributary.auth.v1.Account", stateKeys.account(address), name);
}

/** Whether the vouchers belong into this batch, and each is of another channel. */
export async function compareVouchers(
  world: VoucherWorld,
  batch: BatchRecord,
  vouchers: readonly VoucherRecord[],
  { epochBlocks, linkedBlocks }: Messages["tributary.attribution.v1.Params"],
  found: Comparison,
): Promise<void> {
  const { state } = world;
  const channels = new Set<bigint>();
  for (const voucher of vouchers) {
    const { id, channelId, consumer, afterNonce, amount, fee, height } = voucher;
    const what = `voucher ${id}`;
    const channel = await state.get("tributary.usage.v1.Channel", stateKeys.channel(channelId), `channel ${channelId}`);
    found.equal(`consumer of ${what}`, consumer, channel.consumer);
    found.equal(`provider of ${what}`, channel.provider, batch.provider);
    const funder = await funderOf(world, voucher, linkedBlocks);
    found.equal(`funder of ${what}`, voucher.funder, funder);
    // Who owned the model at that height only the chain knows.
    const links = linksOf({ consumer, funder, provider: batch.provider, owner: "" });
    found.equal(`linked of ${what}`, voucher.linked & linksToProvider, links & linksToProvider);
    found.equal(`version of ${what}`, channel.versionId, batch.versionId);
    found.equal(`epoch of ${what}`, epochAt(height, epochBlocks), batch.epoch);
    if (channels.has(channelId)) throw new VerifyFault("wrong_record", what, `a second one of channel ${channelId}`);
    channels.add(channelId);
    // What was redeemed before the batch only the chain knows, unless nothing was.
    if (afterNonce === 0n) {
      found.equal(`fee of ${what}`, fee, amount);
      found.equal(`stretch of ${what}`, [voucher.afterAuditSum, voucher.afterAuditCount], [0n, 0n]);
    }
  }
}

/** The account that sent the consumer its first coins, if it was recent at the voucher's height; else empty. */
async function funderOf(world: VoucherWorld, voucher: VoucherRecord, linkedBlocks: bigint): Promise<string> {
  const { funder, fundedHeight } = await readAccount(world, voucher.consumer);
  const isRecent = funder.length > 0 && voucher.height < fundedHeight + linkedBlocks;
  return isRecent ? toBech32(world.bech32Prefix, funder) : "";
}

/** Where the fees went: the parts of every voucher's fee, added up, are the parts of the batch. */
export async function compareFees(
  state: ProvenState,
  batch: BatchRecord,
  vouchers: readonly VoucherRecord[],
  shares: FeeShares,
  found: Comparison,
): Promise<Messages["tributary.attribution.v1.Royalty"][]> {
  const what = `batch ${batch.id}`;
  const sums = sumRows(vouchers, shares);
  found.record(what, pick(batch, sums), sums);
  const points = Number(shares.contributorBasisPoints);
  found.equal(`contributor_basis_points of ${what}`, batch.contributorBasisPoints, points);
  const none: FeeSplit["royalties"] = [];
  const royalties = [...vouchers.reduce((list, row) => rowRoyalties(list, undefined, row, shares), none)];
  const name = `royalties of ${what}`;
  const kept = await state.find("tributary.attribution.v1.Royalties", stateKeys.batchRoyalties(batch.id), name);
  found.equal(name, kept?.royalties ?? [], royalties);
  return royalties;
}

function pick<T extends object, S extends object>(from: T, like: S): Pick<T, keyof T & keyof S> {
  return Object.fromEntries(Object.keys(like).map((key) => [key, from[key as keyof T]])) as never;
}
