import { mulDivCeil } from "#proto/amount.js";
import type { Bytes } from "#proto/bytes.js";
import { isRejection, lasting, reject, type Rejection } from "#proto/rejection.js";
import { decodeTx, type Tx } from "#proto/tx/decode.js";
import { sdkErrors } from "#proto/tx/errors.js";
import { admit } from "./ante.js";
import { attempt, contextOf, outOfGas } from "./attempt.js";
import type { BlockInfo } from "./context.js";
import { GAS, gasOf } from "./gas.js";
import { gasMeter, metered } from "./store/meter.js";
import type { View } from "./store/view.js";
import { NO_FINGERPRINTS } from "./fingerprints/none.js";

/**
 * Gas prices are in units of 10^-18 of a base unit: 0.0025utrib is 2_500_000_000_000_000. Each node sets its own
 * minimum.
 */
export const GAS_PRICE_SCALE = 10n ** 18n;

/** Limits of the chain and the node's minimum gas price. */
export interface CheckRules {
  readonly txBytesMax: number;
  readonly blockGasMax: bigint;
  /** Scaled by GAS_PRICE_SCALE. */
  readonly gasPriceMin: bigint;
}

/** An admitted transaction, as the mempool orders it. */
export interface Checked {
  readonly tx: Tx;
  readonly gasWanted: bigint;
  readonly gasUsed: bigint;
  /** Fee per gas in units of 10^-18: the mempool's order between senders. */
  readonly gasPrice: bigint;
  readonly sender: Bytes;
  readonly sequence: bigint;
}

/**
 * Whether the transaction would be admitted after the pending ones. The view holds the state and the pending effects of
 * admission (sequences, fees). On success it also holds this transaction's effects; after a rejection it is unchanged.
 * Checks run in the order of their cost (README).
 */
export function checkTx(view: View, block: BlockInfo, bytes: Bytes, rules: CheckRules): Checked | Rejection {
  const tx = decodeTx(bytes, rules.txBytesMax);
  if (isRejection(tx)) return lasting(tx);
  const { gasLimit } = tx.fee;
  const refusedByGas = gasProblem(tx, rules.blockGasMax);
  if (refusedByGas !== undefined) return lasting(refusedByGas);
  const gas = gasOf(gasLimit);
  const context = contextOf(metered(view, gasMeter(gas.consume)), block, NO_FINGERPRINTS, [], gas.consume);
  const price = mulDivCeil(gasLimit, rules.gasPriceMin, GAS_PRICE_SCALE);
  const admitted = attempt(view, gas, () => admit(context, tx, gas, "full", price));
  if (isRejection(admitted)) return admitted;
  const gasPrice = (admitted.fee * GAS_PRICE_SCALE) / gasLimit;
  const sequence = tx.signers[0]?.sequence ?? 0n;
  return { tx, gasWanted: gasLimit, gasUsed: gas.used(), gasPrice, sender: admitted.feePayer, sequence };
}

/** Messages do not run here, and only they look for holders. */

/** A limit that no block has room for, or that does not even pay for the bytes. */
function gasProblem({ bytes, fee: { gasLimit } }: Tx, blockGasMax: bigint): Rejection | undefined {
  if (gasLimit === 0n || gasLimit > blockGasMax) {
    return reject(sdkErrors.invalidRequest, { gas_limit: gasLimit, want: `1 to ${blockGasMax}` });
  }
  const least = GAS.perTxByte * BigInt(bytes.length);
  return gasLimit < least ? outOfGas(gasLimit, least) : undefined;
}
