import type { Bytes } from "#proto/bytes.js";
import type { ReadView } from "../../store/view.js";
import { addresses, controlled, controllers } from "./keys.js";

/**
 * Earnings are recorded under the key that earned them, for ever; who is paid is looked up when money moves. Replacing a
 * key therefore touches no record of the past. One step always suffices: an executed change rewrites all that followed
 * the old key.
 */
export function controllerOf(view: ReadView, owner: Bytes): Bytes {
  return controllers.get(view, [owner]) ?? owner;
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
