import {
  MsgMultiSendResponse,
  MsgSendResponse,
  type MsgMultiSend,
  type MsgSend,
} from "cosmjs-types/cosmos/bank/v1beta1/tx";
import type { Bytes } from "#proto/bytes.js";
import { reject, type Rejection } from "#proto/rejection.js";
import type { Coin } from "#proto/tx/decode.js";
import { sdkErrors } from "#proto/tx/errors.js";
import type { Context } from "../../context.js";
import { cosmosMessage, type MessageRow } from "../../module.js";
import { isModuleAccount } from "../../module-accounts.js";
import { parseCoins } from "./coins.js";
import { move } from "./ledger.js";

const OUTPUTS_MAX = 500;

const aminoCoins = (coins: readonly Coin[]) => coins.map(({ denom, amount }) => ({ amount, denom }));

const badAddress = (field: string, text: string): Rejection =>
  reject(sdkErrors.invalidAddress, { field, address: text });

/** People pay people; the accounts of modules are reached by their own messages only. */
function recipient(context: Context, field: string, text: string): Bytes | Rejection {
  const to = context.address.parse(text);
  if (to === undefined) return badAddress(field, text);
  if (isModuleAccount(to)) {
    return reject(sdkErrors.unauthorized, { [field]: text, why: "a module's account takes no transfers" });
  }
  return to;
}

function handleSend(context: Context, message: MsgSend): Bytes | Rejection {
  const from = context.address.parse(message.fromAddress);
  if (from === undefined) return badAddress("from_address", message.fromAddress);
  const to = recipient(context, "to_address", message.toAddress);
  if (!(to instanceof Uint8Array)) return to;
  const coins = parseCoins(message.amount);
  if (coins === undefined || coins.length === 0) return reject(sdkErrors.invalidCoins, { field: "amount" });
  for (const { denom, amount } of coins) {
    const refused = move(context, from, to, denom, amount);
    if (refused !== undefined) return refused;
  }
  return MsgSendResponse.encode({}).finish();
}

/** One payer, several receivers, as the Cosmos SDK allows since 0.46. */
function handleMultiSend(context: Context, message: MsgMultiSend): Bytes | Rejection {
  const [input] = message.inputs;
  if (input === undefined || message.inputs.length !== 1) {
    return reject(sdkErrors.invalidRequest, { inputs: "exactly one" });
  }
  if (message.outputs.length === 0 || message.outputs.length > OUTPUTS_MAX) {
    return reject(sdkErrors.invalidRequest, { outputs: `1 to ${OUTPUTS_MAX}` });
  }
  const from = context.address.parse(input.address);
  if (from === undefined) return badAddress("inputs[0].address", input.address);
  const total = new Map<string, bigint>();
  const payments: { to: Bytes; denom: string; amount: bigint }[] = [];
  for (const [i, output] of message.outputs.entries()) {
    const to = recipient(context, `outputs[${i}].address`, output.address);
    if (!(to instanceof Uint8Array)) return to;
    const coins = parseCoins(output.coins);
    if (coins === undefined || coins.length === 0) {
      return reject(sdkErrors.invalidCoins, { field: `outputs[${i}].coins` });
    }
    for (const { denom, amount } of coins) {
      total.set(denom, (total.get(denom) ?? 0n) + amount);
      payments.push({ to, denom, amount });
    }
  }
  const given = parseCoins(input.coins);
  if (given === undefined) return reject(sdkErrors.invalidCoins, { field: "inputs[0].coins" });
  const same = given.length === total.size && given.every(({ denom, amount }) => total.get(denom) === amount);
  if (!same) return reject(sdkErrors.invalidCoins, { why: "inputs and outputs differ" });
  for (const { to, denom, amount } of payments) {
    const refused = move(context, from, to, denom, amount);
    if (refused !== undefined) return refused;
  }
  return MsgMultiSendResponse.encode({}).finish();
}

const aminoSide = ({ address, coins }: { address: string; coins: readonly Coin[] }) => ({
  address,
  coins: aminoCoins(coins),
});

/** Messages of the module (README). */
export const messages: readonly MessageRow[] = [
  cosmosMessage("/cosmos.bank.v1beta1.MsgSend", {
    signers: ({ fromAddress }) => [fromAddress],
    amino: ({ fromAddress, toAddress, amount }) => ({
      from_address: fromAddress,
      to_address: toAddress,
      amount: aminoCoins(amount),
    }),
    handle: handleSend,
  }),
  cosmosMessage("/cosmos.bank.v1beta1.MsgMultiSend", {
    signers: ({ inputs }) => inputs.map(({ address }) => address),
    amino: ({ inputs, outputs }) => ({ inputs: inputs.map(aminoSide), outputs: outputs.map(aminoSide) }),
    handle: handleMultiSend,
  }),
];
