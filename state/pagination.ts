import type { PageRequest, PageResponse } from "cosmjs-types/cosmos/base/query/v1beta1/pagination";
import { sdkErrors } from "#proto/tx/errors.js";
import { compareBytes, concat, type Bytes } from "#proto/bytes.js";
import { reject, type Rejection } from "#proto/rejection.js";
import { prefixRange, type Entry } from "./store/base.js";
import type { ReadView } from "./store/view.js";

/** Page size if the request names none, as in the Cosmos SDK. */
export const PAGE_LIMIT_DEFAULT = 100n;
/** Largest page; a larger limit is reduced to it. */
export const PAGE_LIMIT_MAX = 1000n;

/**
 * Reads a page of the rows below a prefix, by the rules of the Cosmos SDK: without a limit 100 rows and a total; with a
 * key no total; key and offset exclude each other. Rejects with sdk/invalidRequest.
 * @param isWanted filter on a row's value; filtered rows are not counted
 */
export function paginate(
  view: ReadView,
  prefix: Bytes,
  page: PageRequest | undefined,
  isWanted: (value: Bytes) => boolean = () => true,
): { entries: Entry[]; pagination: PageResponse } | Rejection {
  const key = page?.key ?? new Uint8Array(0);
  const offset = page?.offset ?? 0n;
  if (key.length > 0 && offset > 0n) {
    return reject(sdkErrors.invalidRequest, { why: "pagination: either key or offset" });
  }
  const asked = page?.limit ?? 0n;
  const limit = asked === 0n ? PAGE_LIMIT_DEFAULT : asked > PAGE_LIMIT_MAX ? PAGE_LIMIT_MAX : asked;
  const countTotal = key.length === 0 && (asked === 0n || (page?.countTotal ?? false));
  const range = prefixRange(prefix);
  const reverse = page?.reverse ?? false;
  // The page key is the rest of the raw key behind the prefix: the first entry of the next page.
  const start = concat(prefix, key);
  if (key.length > 0 && range.to !== undefined && compareBytes(start, range.to) >= 0) {
    return reject(sdkErrors.invalidRequest, { why: "pagination: key" });
  }
  const bounds =
    key.length === 0
      ? range
      : reverse
        ? { from: range.from, to: concat(start, Uint8Array.of(0)) }
        : { from: start, to: range.to };
  const entries: Entry[] = [];
  let nextKey = new Uint8Array(0);
  let seen = 0n;
  for (const entry of view.range({ ...bounds, reverse })) {
    if (!isWanted(entry[1])) continue;
    seen++;
    if (seen <= offset) continue;
    if (BigInt(entries.length) < limit) entries.push(entry);
    else {
      if (nextKey.length === 0) nextKey = entry[0].slice(prefix.length);
      if (!countTotal) break;
    }
  }
  return { entries, pagination: { nextKey, total: countTotal ? seen : 0n } };
}
