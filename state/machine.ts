import { TxMsgData } from "cosmjs-types/cosmos/base/abci/v1beta1/abci";
import type { Bytes } from "#proto/bytes.js";
import { isRejection, rejectionText, type Rejection } from "#proto/rejection.js";
import { decodeTx } from "#proto/tx/decode.js";
import type { ChainEvent, TxResult } from "#proto/types/block.js";
import type { Validator } from "#proto/types/validators.js";
import { admit, type Admitted, type AnteMode } from "./ante.js";
import type { BlockInfo, Context, FingerprintLookup } from "./context.js";
import { attempt, contextOf } from "./attempt.js";
import { gasOf } from "./gas.js";
import { turnValidators } from "./modules/chain/index.js";
import { modules } from "./registry.js";
import type { Base, Write } from "./store/base.js";
import { gasMeter, metered } from "./store/meter.js";
import { View } from "./store/view.js";

/** The outcome of a block. */
export interface BlockOutcome {
  readonly results: readonly TxResult[];
  readonly blockEvents: readonly ChainEvent[];
  /** Active two heights later; power 0 removes a validator. */
  readonly validatorUpdates: readonly Validator[];
  /** Sorted by key, each key once. */
  readonly writes: readonly Write[];
}

/** Limits of a block, from its parameters. */
export interface BlockLimits {
  readonly txBytesMax: number;
}

/**
 * Executes a block on a state. Pure: equal inputs give equal outcomes on every validator. A rejected transaction is a
 * result; a broken assertion is a bug and is not caught.
 */
export function executeBlock(
  base: Base,
  block: BlockInfo,
  txs: readonly Bytes[],
  limits: BlockLimits,
  fingerprints: FingerprintLookup,
): BlockOutcome {
  const view = new View(base);
  const blockEvents: ChainEvent[] = [];
  const blockContext = contextOf(view, block, fingerprints, blockEvents, unpaid);
  for (const module of modules) module.beginBlock?.(blockContext);
  const results = txs.map((tx) => executeTx(view, block, tx, limits, fingerprints, "full"));
  const validatorUpdates = modules.flatMap((module) => module.endBlock?.(blockContext) ?? []);
  turnValidators(view, validatorUpdates);
  return { results, blockEvents, validatorUpdates, writes: view.writes() };
}

/**
 * Executes one transaction on a view, which keeps the changes. Total: a rejection is a result, with the gas used so
 * far.
 */
export function executeTx(
  view: View,
  block: BlockInfo,
  bytes: Bytes,
  limits: BlockLimits,
  fingerprints: FingerprintLookup,
  mode: AnteMode,
): TxResult {
  const tx = decodeTx(bytes, limits.txBytesMax);
  if (isRejection(tx)) return failed(tx, 0n, 0n, []);
  const gas = gasOf(mode === "simulate" ? SIMULATE_GAS_MAX : tx.fee.gasLimit);
  const events: ChainEvent[] = [];
  const context = contextOf(metered(view, gasMeter(gas.consume)), block, fingerprints, events, gas.consume);
  const entered = attempt(view, gas, () => admit(context, tx, gas, mode));
  if (isRejection(entered)) return failed(entered, tx.fee.gasLimit, gas.used(), []);
  const anteEvents = events.length;
  const data = attempt(view, gas, () => runMessages(context, entered));
  if (isRejection(data)) return failed(data, tx.fee.gasLimit, gas.used(), events.slice(0, anteEvents));
  return { code: 0, data, log: "", gasWanted: tx.fee.gasLimit, gasUsed: gas.used(), events, codespace: "" };
}

/** Gas limit of a simulation, so that it cannot occupy a node for long. */
const SIMULATE_GAS_MAX = 100_000_000n;

function runMessages(context: Context, { messages }: Admitted): Bytes | Rejection {
  const responses: { typeUrl: string; value: Bytes }[] = [];
  for (const [i, { typeUrl, row, value }] of messages.entries()) {
    const sender = row.signers(value)[0] ?? "";
    context.emit("message", { action: typeUrl, sender, module: typeUrl.split(".")[1] ?? "", msg_index: String(i) });
    const response = row.handle(context, value);
    if (isRejection(response)) return { ...response, data: { ...response.data, message_index: i } };
    responses.push({ typeUrl: `${typeUrl}Response`, value: response });
  }
  return TxMsgData.encode({ data: [], msgResponses: responses }).finish();
}

function failed(why: Rejection, gasWanted: bigint, gasUsed: bigint, events: ChainEvent[]): TxResult {
  const { code, codespace, data } = why;
  const log = typeof data["log"] === "string" ? data["log"] : rejectionText(why);
  return { code, data: new Uint8Array(0), log, gasWanted, gasUsed, events, codespace };
}

/** Work of a block outside transactions is bounded by counts, not by gas. */
const unpaid = (): void => undefined;
