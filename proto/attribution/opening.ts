import { equalBytes, type Bytes } from "../bytes.js";
import type { Messages } from "../codec/message.js";
import { isRejection, reject, type Rejection } from "../rejection.js";
import type { OpenedReceipt } from "./credit.js";
import { poaErrors } from "./errors.js";
import { windowsOf } from "./fingerprint.js";
import { TOKENS_MAX } from "./limits.js";
import { contextRoot, outputRoot, promptRoot } from "./output-tree.js";
import { receiptHash, receiptLeaf, type Receipt } from "./receipt.js";
import { checkTokenHashes, TOKEN_HASH_BYTES } from "./token-hash.js";
import { verifySumPath, type SumInterval, type SumNode } from "./sum-tree.js";

/** A revealed receipt: its path in the voucher's sum tree, and the lists behind its roots. */
export type Opening = Messages["tributary.attribution.v1.Opening"];

/** The redeemed voucher of an opened receipt, as the chain stores it. */
export interface OpenedVoucher {
  readonly channelId: bigint;
  readonly versionId: bigint;
  /** The voucher covers the nonces after this one ... */
  readonly afterNonce: bigint;
  /** ... up to this one. */
  readonly nonce: bigint;
  readonly top: SumNode;
}

/** An opening whose lists and path were verified. */
export interface VerifiedOpening extends OpenedReceipt {
  readonly receipt: Receipt;
  /** The interval of the receipt in the voucher's audited sum. */
  readonly interval: SumInterval;
}

/**
 * Verifies an opening: the receipt belongs to the channel, version and nonces of the voucher, is in the tree that the
 * consumer signed, and every revealed list hashes to its root in the receipt. Rejects in codespace poa.
 */
export function verifyOpening(voucher: OpenedVoucher, opening: Opening): VerifiedOpening | Rejection {
  const { receipt, tokens, promptTokens } = opening;
  if (receipt === undefined) {
    return reject(poaErrors.wrongReceipt, { field: "receipt", have: "nothing", need: "a receipt" });
  }
  const refusal =
    checkReceipt(voucher, opening.index, receipt) ??
    checkTokenHashes("tokens", tokens, TOKENS_MAX) ??
    checkCount(receipt.tokens, tokens.length / TOKEN_HASH_BYTES);
  if (refusal !== undefined) return refusal;

  const interval = verifySumPath(
    voucher.top,
    receiptLeaf(receipt.fee, receiptHash(receipt)),
    opening.index,
    opening.path,
  );
  if (isRejection(interval)) return interval;

  const wrongList =
    sameRoot("tokens", outputRoot(opening.seed, tokens), receipt.outRoot) ??
    sameRoot("prompt_tokens", promptRoot(opening.seed, promptTokens), receipt.promptRoot) ??
    sameRoot("context", contextRoot(opening.seed, opening.context), receipt.contextRoot);
  if (wrongList !== undefined) return wrongList;
  return { receipt, interval, ...openedReceipt(opening) };
}

/** What the rule reads of a verified opening: the windows of its token hashes, and the context's contributions. */
export function openedReceipt({ tokens, promptTokens, context }: Opening): OpenedReceipt {
  return {
    fingerprints: windowsOf(tokens).fingerprints,
    promptFingerprints: windowsOf(promptTokens).fingerprints,
    context: context.map(({ contributionId }) => contributionId),
  };
}

/** Nonces ascend strictly under a voucher, so the place in the tree bounds the nonce from both sides. */
function checkReceipt(voucher: OpenedVoucher, index: bigint, receipt: Receipt): Rejection | undefined {
  const wrong = (field: string, have: unknown, need: unknown): Rejection =>
    reject(poaErrors.wrongReceipt, { field, have, need });
  if (receipt.channelId !== voucher.channelId) return wrong("channel_id", receipt.channelId, voucher.channelId);
  if (receipt.versionId !== voucher.versionId) return wrong("version_id", receipt.versionId, voucher.versionId);
  const lowest = voucher.afterNonce + 1n + index;
  const highest = voucher.nonce - (voucher.top.count - 1n - index);
  if (receipt.nonce < lowest || receipt.nonce > highest) {
    return wrong("nonce", receipt.nonce, `${lowest} to ${highest}`);
  }
  return undefined;
}

function checkCount(need: number, have: number): Rejection | undefined {
  return have === need ? undefined : reject(poaErrors.wrongTokens, { have, need });
}

function sameRoot(field: string, have: Bytes | Rejection, need: Bytes): Rejection | undefined {
  if (isRejection(have)) return have;
  return equalBytes(have, need) ? undefined : reject(poaErrors.wrongRoot, { field });
}
