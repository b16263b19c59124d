import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import { sdkErrors } from "#proto/tx/errors.js";
import type { ChainEvent } from "#proto/types/block.js";
import type { BlockInfo, Context, FingerprintLookup } from "./context.js";
import { OutOfGas, type Gas } from "./gas.js";
import { addressText } from "./modules/chain/index.js";
import type { View, WriteView } from "./store/view.js";

/** Runs `work` under a savepoint: all of it stays, or nothing. */
export function attempt<T>(view: View, gas: Gas, work: () => T | Rejection): T | Rejection {
  const savepoint = view.savepoint();
  let outcome: T | Rejection;
  try {
    outcome = work();
  } catch (error) {
    if (!(error instanceof OutOfGas)) throw error;
    outcome = outOfGas(gas.limit, error.used);
  }
  if (isRejection(outcome)) view.rollback(savepoint);
  else view.commit(savepoint);
  return outcome;
}

/** sdk/outOfGas(11). @param limit of the transaction @param used so far, with the step that exceeded the limit */
export const outOfGas = (limit: bigint, used: bigint): Rejection =>
  reject(sdkErrors.outOfGas, { gas_wanted: limit, gas_used: used, fix: "a higher gas limit" });

/** The context of handlers on a view in a block. Their events are appended to `events`. */
export function contextOf(
  view: WriteView,
  block: BlockInfo,
  fingerprints: FingerprintLookup,
  events: ChainEvent[],
  charge: Context["charge"],
): Context {
  return {
    charge,
    view,
    block,
    fingerprints,
    address: addressText(block.bech32Prefix),
    emit(type, attributes) {
      events.push({ type, attributes: Object.entries(attributes).map(([key, value]) => ({ key, value })) });
    },
  };
}
