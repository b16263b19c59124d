import type { Bytes } from "#proto/bytes.js";
import { present } from "#proto/assert.js";
import type { Context } from "../../context.js";
import type { ReadView } from "../../store/view.js";
import { addresses, controlled, controllerChanges, controllers } from "./keys.js";

/**
 * Earnings are recorded under the key that earned them, for ever; who is paid is looked up when money moves. Replacing a
 * key therefore touches no record of the past. One step always suffices: an executed change rewrites all that followed
 * the old key.
 */
export function controllerOf(view: ReadView, owner: Bytes): Bytes {
  return controllers.get(view, [owner]) ?? owner;
}

/** The key that an owner's pay followed after the block of a height. One step for each later change, and one more. */
export function controllerAt(
  { view, address }: Pick<Context, "view" | "address">,
  owner: Bytes,
  height: bigint,
): Bytes {
  for (const [, change] of controllerChanges.range(view, { prefix: [owner], reverse: true })) {
    if (change.height <= height) return present(address.parse(change.controller), "a controller is an address");
  }
  return owner;
}

/** Where the pay of an owner goes now. A replaced key has no say in it any more. */
export function payTo(view: ReadView, owner: Bytes): Bytes {
  const controller = controllerOf(view, owner);
  return addresses.get(view, [controller]) ?? controller;
}

/** Maximum number of owners that one key controls: bounds the work of a claim and of a further change. */
export const CONTROLLED_MAX = 16;

/** Owners whose keys were replaced by this one. */
export function controlledBy(view: ReadView, controller: Bytes): Bytes[] {
  return [...controlled.range(view, { prefix: [controller] })].map(([[, owner]]) => owner);
}
