import { BLOCK_BYTES_CEILING } from "#proto/limits.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import { fromMessage } from "#proto/types/validators.js";
import type { Invariant } from "../../module.js";
import { beacons, configs, params, upcoming, validators } from "./keys.js";

/** The sets of the next two heights are valid: ordered, each key once, a priority for each. */
const validatorsAreWhole: Invariant = (view) => {
  for (const [name, table] of Object.entries({ validators, upcoming })) {
    const stored = table.get(view, []);
    if (stored === undefined) return `there are no ${name}`;
    const set = fromMessage(stored);
    if (isRejection(set)) return `${name}: ${rejectionText(set)}`;
  }
  return undefined;
};

/** Within what genesis may say: a block has room for a transaction, and every node can read it. */
const paramsAreWithinBounds: Invariant = (view) => {
  const stored = params.get(view, []);
  if (stored === undefined) return "there are no consensus parameters";
  const { blockBytesMax, blockGasMax, txBytesMax } = stored;
  if (blockBytesMax < 4096n || blockBytesMax > BigInt(BLOCK_BYTES_CEILING)) return `blocks of ${blockBytesMax} bytes`;
  if (txBytesMax === 0n || txBytesMax > blockBytesMax / 2n) return `transactions of ${txBytesMax} bytes`;
  return blockGasMax === 0n ? "blocks without gas" : undefined;
};

const configAndBeaconAreThere: Invariant = (view) => {
  if (configs.get(view, []) === undefined) return "there is no chain configuration";
  const beacon = beacons.get(view, []);
  return beacon?.length === 32 ? undefined : `the last beacon has ${beacon?.length ?? 0} bytes`;
};

/** Invariants of the module (README). */
export const invariants = { validatorsAreWhole, paramsAreWithinBounds, configAndBeaconAreThere };
