import { TxMsgData } from "cosmjs-types/cosmos/base/abci/v1beta1/abci";
import type { ClientTx } from "#proto/client/index.js";
import { toHex } from "#proto/bytes.js";
import { anyToJson } from "#proto/tx/json.js";
import { EXIT, type ExitCode } from "../exit.js";
import type { World } from "../world.js";
import { adviceFor } from "./refusal.js";

/** The result of a tx, in the shape that Cosmos tools print. */
export function receiptJson({ hash, height, result }: ClientTx) {
  return {
    height,
    txhash: toHex(hash).toUpperCase(),
    codespace: result.codespace,
    code: result.code,
    raw_log: result.log,
    gas_wanted: result.gasWanted,
    gas_used: result.gasUsed,
    responses: result.code === 0 ? responses(result.data) : [],
    events: result.events,
  };
}

/** The messages' answers: ids that the chain has given, roots, amounts. */
export function responses(data: Uint8Array) {
  // Most answers of the Cosmos modules are empty messages: they say nothing to anybody.
  return TxMsgData.decode(data)
    .msgResponses.filter(({ value }) => value.length > 0)
    .map(anyToJson);
}

/** Prints the receipt; the exit code says whether the tx did what it was for. */
export function printIncluded(tx: ClientTx, world: World): ExitCode {
  const receipt = receiptJson(tx);
  world.out.data(receipt, ({ height, txhash, code, gas_used, responses: answers }) =>
    [
      `txhash: ${txhash}`,
      `height: ${height}`,
      `code: ${code}`,
      `gas_used: ${gas_used}`,
      ...answers.flatMap(({ "@type": _type, ...fields }) =>
        Object.entries(fields).map(
          ([key, value]) => `${key}: ${typeof value === "object" ? JSON.stringify(value) : String(value)}`,
        ),
      ),
    ].join("\n"),
  );
  if (receipt.code === 0) return EXIT.ok;
  world.system.stderr.write(
    `error: the transaction is in block ${receipt.height} and failed there: ${receipt.raw_log} (${receipt.codespace} ${receipt.code})\n`,
  );
  const advice = adviceFor(receipt.codespace, receipt.code);
  if (advice !== undefined) world.system.stderr.write(`  ${advice}\n`);
  return EXIT.reverted;
}
