import { GetValidatorSetByHeightRequest } from "cosmjs-types/cosmos/base/tendermint/v1beta1/query";
import { isRejection, type Rejection } from "#proto/rejection.js";
import { cosmosFromJson } from "#proto/tx/cosmos-json.js";
import { urlFields } from "./url-fields.js";

const LIMIT = 100n;
const LIMIT_MAX = 1000n;
const SKIP_MAX = 1_000_000_000n;

const atMost = (value: bigint, max: bigint): number => Number(value < max ? value : max);

/** The SDK's offset and limit of a list of our own: 100 entries unless told, at most 1,000. */
export function pageOf({ searchParams }: URL): { skip: number; limit: number } | Rejection {
  const asked = cosmosFromJson(GetValidatorSetByHeightRequest, urlFields({}, searchParams), "skipped");
  if (isRejection(asked)) return asked;
  const { offset, limit } = asked.pagination ?? { offset: 0n, limit: 0n };
  return { skip: atMost(offset, SKIP_MAX), limit: atMost(limit === 0n ? LIMIT : limit, LIMIT_MAX) };
}
