import type { Bytes } from "../bytes.js";
import { message, type Messages } from "../codec/message.js";
import { domains } from "../crypto/domains.js";
import { HASH_BYTES, tagged } from "../crypto/hash.js";
import { reject, type Rejection } from "../rejection.js";
import { poaErrors } from "./errors.js";
import { NAMED_DATANETS_MAX } from "./rule/receipt.js";

/** A consumer's request (request.proto). The root of its texts is that of "poa2/req" (texts.ts). */
export type Request = Messages["tributary.attribution.v1.Request"];
/** Canonical codec of `Request`. */
export const requestCodec = message("tributary.attribution.v1.Request");

/** SHA-256("tributary/request/1" || canonical bytes): what the receipt holds. */
export function requestHash(request: Request): Bytes {
  return tagged(domains.request, requestCodec.encode(request));
}

/**
 * Undefined for a request that may stand in a receipt of that channel and nonce. Else poa/wrongRequest, poa/tooMany,
 * poa/notSorted or poa/wrongHashSize.
 * @param formed height at which the batch was formed, or the last height that the checking side knows: a request names no
 * later block, so that nothing is accepted for it afterwards
 */
export function checkRequest(
  { chainId, channelId, nonce, time, datanets, textRoot }: Request,
  want: { readonly chainId: string; readonly channelId: bigint; readonly nonce: bigint; readonly formed: bigint },
): Rejection | undefined {
  const wrong = (field: string, have: unknown, need: unknown): Rejection =>
    reject(poaErrors.wrongRequest, { field, have, need });
  if (chainId !== want.chainId) return wrong("chain_id", chainId, want.chainId);
  if (channelId !== want.channelId) return wrong("channel_id", channelId, want.channelId);
  if (nonce !== want.nonce) return wrong("nonce", nonce, want.nonce);
  if (time > want.formed) return wrong("time", time, `at most ${want.formed}`);
  if (datanets.length > NAMED_DATANETS_MAX) {
    return reject(poaErrors.tooMany, { field: "datanets", count: datanets.length, max: NAMED_DATANETS_MAX });
  }
  const index = datanets.findIndex((datanet, i) => i > 0 && datanet <= datanets[i - 1]!);
  if (index >= 0) return reject(poaErrors.notSorted, { field: "datanets", index });
  if (textRoot.length !== HASH_BYTES) {
    return reject(poaErrors.wrongHashSize, { field: "text_root", size: textRoot.length });
  }
  return undefined;
}
