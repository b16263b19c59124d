import { present } from "#proto/assert.js";
import type { Messages } from "#proto/codec/message.js";
import { reject, type Rejection } from "#proto/rejection.js";
import { raised } from "../../stored-amount.js";
import type { ReadView, WriteView } from "../../store/view.js";
import { usageErrors } from "./errors.js";
import { channels, params, totals } from "./keys.js";

/** A channel record. */
export type Channel = Messages["tributary.usage.v1.Channel"];
/** Parameters of the module. */
export type Params = Messages["tributary.usage.v1.Params"];
/** Totals of fees since genesis. */
export type Totals = Messages["tributary.usage.v1.Totals"];

/** Stored with each channel; permanent. */
export const channelStatus = { open: 1, closing: 2, withdrawn: 3 } as const;

/**
 * Epochs of a grace at least: two whole ones lie in it wherever it begins, so that a provider who comes late, or finds a block
 * full, has another.
 */
export const CLOSE_GRACE_EPOCHS_MIN = 3;

/** Of a development chain; a genesis file says its own. */
export const DEFAULT_PARAMS: Params = {
  closeGraceEpochs: CLOSE_GRACE_EPOCHS_MIN,
  depositMin: 1n,
  privateEndpoints: true,
};

/** Parameters in force. Asserts that genesis has written them. */
export function paramsOf(view: ReadView): Params {
  return present(params.get(view, []), "genesis has written the parameters");
}

/** The channel, or usage/channelNotFound. */
export function channelOf(view: ReadView, id: bigint): Channel | Rejection {
  return channels.get(view, [id]) ?? reject(usageErrors.channelNotFound, { channel_id: id });
}

/** The part of the account `usage` that belongs to a channel, in base units. */
export function heldFor({ status, deposit, redeemed }: Channel): bigint {
  return status === channelStatus.withdrawn ? 0n : deposit - redeemed;
}

/** All fees since genesis, and what of them was burned or went to the validators at once. */
export function feeTotals(view: ReadView): Totals {
  return present(totals.get(view, []), "genesis has written the totals");
}

/** Adds one redemption to the totals, in base units. */
export function addFees(view: WriteView, fees: bigint, burned: bigint, validators: bigint): void {
  totals.put(view, [], raised(feeTotals(view), { fees, burned, validators }));
}
