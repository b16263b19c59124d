import type { Bytes } from "#proto/bytes.js";
import type { Messages } from "#proto/codec/message.js";
import { present } from "#proto/assert.js";
import { toBech32 } from "#proto/crypto/address.js";
import type { ReadView, WriteView } from "../../store/view.js";
import { nextValidators } from "../chain/index.js";
import { infos, params } from "./keys.js";

/** Parameters of the module. */
export type Params = Messages["tributary.slashing.v1.Params"];
/** Signing info of a consensus key. */
export type SigningInfo = Messages["tributary.slashing.v1.SigningInfo"];

/** Shares in the state are scaled by this. */
export const ONE = 10n ** 18n;
/** 9999-12-31T23:59:59Z, as the Cosmos SDK writes "for ever". */
export const FOREVER_MS = 253_402_300_799_000n;

/** The Cosmos SDK's. */
export const DEFAULT_PARAMS: Params = {
  signedBlocksWindow: 100n,
  minSignedPerWindow: ONE / 2n,
  downtimeJailMs: 600_000n,
  slashFractionDoubleSign: ONE / 20n,
  slashFractionDowntime: ONE / 100n,
};

/** Parameters in force. Asserts that genesis has written them. */
export function paramsOf(view: ReadView): Params {
  return present(params.get(view, []), "genesis has written the parameters of slashing");
}

/** Convicted by evidence: never a validator again, and never punished again. */
export function isTombstoned(view: ReadView, validator: Bytes): boolean {
  return infos.get(view, [validator])?.tombstoned ?? false;
}

/** Creates the signing info of each validator that decides a height for the first time. */
export function recordNewcomers(view: WriteView, height: bigint): void {
  for (const { address } of nextValidators(view).members) {
    if (!infos.has(view, [address])) {
      infos.put(view, [address], { startHeight: height, jailedUntil: 0n, tombstoned: false });
    }
  }
}

/** Bech32 of a consensus address (valcons). @param prefix of account addresses */
export const consensusText = (prefix: string, address: Bytes): string => toBech32(`${prefix}valcons`, address);
