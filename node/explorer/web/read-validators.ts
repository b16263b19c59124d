import { BoundedMap } from "#proto/bounded.js";
import { fromBase64 } from "#proto/base64.js";
import { toHex } from "#proto/bytes.js";
import { isJsonObject, type JsonObject } from "#proto/codec/json-text.js";
import { toBech32 } from "#proto/crypto/address.js";
import { validatorAddress } from "#proto/crypto/ed25519.js";
import { QueryValidatorsRequest, QueryValidatorsResponse } from "cosmjs-types/cosmos/staking/v1beta1/query";
import { amountFrom } from "../present/amount.js";
import type { CommitAt } from "../present/uptime.js";
import { cosmosJson, node, objectsOf } from "./node.js";
import { readBlocks } from "./reads.js";

/** A validator as staking knows it. */
export interface ValidatorView {
  readonly operator: string;
  readonly moniker: string;
  readonly details: string;
  readonly website: string;
  readonly contact: string;
  readonly isJailed: boolean;
  readonly isBonded: boolean;
  readonly tokens: bigint;
  readonly commission: { readonly rate: string; readonly max: string; readonly change: string };
  /** Of its consensus key, upper-case hex as in blocks. */
  readonly address: string;
  readonly consensus: string;
}

/** The set has at most a hundred by default; further candidates are beyond the page. */
const VALIDATORS = { limit: 200n };

export async function readValidators(prefix: string): Promise<ValidatorView[]> {
  const answer = await cosmosJson(
    "cosmos.staking.v1beta1.Query/Validators",
    [QueryValidatorsRequest, QueryValidatorsResponse],
    QueryValidatorsRequest.fromPartial({ pagination: VALIDATORS }),
  );
  return objectsOf(answer["validators"])
    .map((json) => viewOf(json, prefix))
    .sort((a, b) => (a.tokens > b.tokens ? -1 : a.tokens < b.tokens ? 1 : 0));
}

function viewOf(json: JsonObject, prefix: string): ValidatorView {
  const description = objectAt(json, "description");
  const rates = objectAt(objectAt(json, "commission"), "commission_rates");
  const key = fromBase64(String(objectAt(json, "consensus_pubkey")["key"] ?? "")) ?? new Uint8Array(0);
  const address = validatorAddress(key);
  return {
    operator: String(json["operator_address"]),
    moniker: String(description["moniker"] ?? ""),
    details: String(description["details"] ?? ""),
    website: String(description["website"] ?? ""),
    contact: String(description["security_contact"] ?? ""),
    isJailed: json["jailed"] === true,
    isBonded: json["status"] === "BOND_STATUS_BONDED",
    tokens: amountFrom(String(json["tokens"])),
    commission: {
      rate: String(rates["rate"] ?? "0"),
      max: String(rates["max_rate"] ?? "0"),
      change: String(rates["max_change_rate"] ?? "0"),
    },
    address: toHex(address).toUpperCase(),
    consensus: toBech32(`${prefix}valcons`, address),
  };
}

function objectAt(json: JsonObject, field: string): JsonObject {
  const inner = json[field];
  return isJsonObject(inner) ? inner : {};
}

/** Blocks of the uptime picture. */
export const UPTIME_BLOCKS = 50;
/** All of them together: of a chain with large blocks fewer are looked at. */
const BYTES_MAX = 4_000_000;
const AT_ONCE = 6;
/** What is in a block never changes: each is asked once. */
const known = new BoundedMap<bigint, CommitAt>(4 * UPTIME_BLOCKS);

/**
 * The newest commits, oldest first, and the set that signed them. The commit inside the next block counts, which is what the
 * chain rewards and punishes by; a node's own may lack votes that came late.
 */
export async function readCommits(latest: bigint, earliest: bigint) {
  const heights = await readableHeights(latest, earliest);
  const missing = heights.filter((height) => !known.has(height));
  for (let at = 0; at < missing.length; at += AT_ONCE) {
    await Promise.all(
      missing.slice(at, at + AT_ONCE).map(async (height) => {
        const { block } = await node.block(height + 1n);
        known.set(height, { height, signatures: block.last_commit.signatures });
      }),
    );
  }
  const members = (await node.validators(latest)).map(({ address }) => address);
  return { members, commits: heights.flatMap((height) => known.get(height) ?? []) };
}

/** Heights whose next block is there and not too large, ascending. */
async function readableHeights(latest: bigint, earliest: bigint): Promise<bigint[]> {
  const heights: bigint[] = [];
  let bytes = 0;
  let top = latest;
  while (heights.length < UPTIME_BLOCKS && top > earliest && top > 1n) {
    const rows = await readBlocks(top);
    for (const { height, bytes: size } of rows) {
      bytes += size;
      if (heights.length === UPTIME_BLOCKS || bytes > BYTES_MAX || height <= earliest) return heights.reverse();
      heights.push(height - 1n);
    }
    const last = rows.at(-1);
    if (last === undefined) break;
    top = last.height - 1n;
  }
  return heights.reverse();
}
