import { isRejection, rejectionText } from "#proto/rejection.js";
import { decodeTx, type AnyMessage, type Tx } from "#proto/tx/decode.js";
import { txToJson } from "#proto/tx/json.js";
import { writeFileWhole } from "#node/config/json-file.js";
import { confirm } from "../confirm.js";
import { EXIT, type ExitCode } from "../exit.js";
import { usage } from "../fault.js";
import type { Bytes } from "#proto/bytes.js";
import { toJson } from "../output/json.js";
import type { World } from "../world.js";
import type { TxValues } from "./options.js";
import { printIncluded } from "./receipt.js";
import { TxSession, type Prepared } from "./session.js";

/** The common part of all commands that send one transaction, from its messages on. */
export async function runTx(
  values: TxValues,
  world: World,
  make: (signer: string, session: TxSession) => AnyMessage[] | Promise<AnyMessage[]>,
  from = values.from,
): Promise<ExitCode> {
  const session = await TxSession.open(values, world, from);
  const prepared = await session.prepare(await make(session.address, session));
  if (values.generateOnly) return printUnsigned(session.unsigned(prepared), values, world);
  if (values.dryRun) return printEstimate(prepared, world);
  if (values.offline) {
    await confirm(world, `Sign as ${session.address}?`);
    return printUnsigned(await session.sign(prepared), values, world);
  }
  await confirm(world, `Sign and send as ${session.address}?`);
  return await sendAndReport(session, prepared, values, world);
}

export async function sendAndReport(
  session: TxSession,
  prepared: Prepared,
  values: TxValues,
  world: World,
): Promise<ExitCode> {
  const { hash } = await session.send(prepared);
  if (!values.wait || values.broadcastMode !== undefined) {
    world.out.data({ txhash: hash, code: 0 }, () => hash);
    return EXIT.ok;
  }
  return printIncluded(await session.wait(hash), world);
}

/** @throws CliFault(usage) for bytes that are not a transaction */
export function readTx(bytes: Bytes): Tx {
  const tx = decodeTx(bytes, TX_BYTES_MAX);
  if (isRejection(tx)) throw usage(`this is not a transaction: ${rejectionText(tx)}`);
  return tx;
}

// More than any chain takes: an offline tool need not know the chain's own limit.
const TX_BYTES_MAX = 4 * 1024 * 1024;

function printUnsigned(bytes: Bytes, values: TxValues, world: World): ExitCode {
  const json = txToJson(readTx(bytes));
  if (values.outputDocument === undefined) world.out.document(json);
  else writeFileWhole(values.outputDocument, `${toJson(json, 2)}\n`);
  return EXIT.ok;
}

function printEstimate({ fee }: Prepared, world: World): ExitCode {
  world.out.data({ gas_wanted: fee.gasLimit, fee: fee.coins.map((coin) => `${coin.amount}${coin.denom}`).join(",") });
  return EXIT.ok;
}
