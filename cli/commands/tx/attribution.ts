import { fromJson } from "#proto/codec/json.js";
import { parseJson, type Json } from "#proto/codec/json-text.js";
import { utf8Text } from "#proto/bytes.js";
import type { Messages } from "#proto/codec/message.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import { usage } from "../../fault.js";
import { field, fileBytes } from "../../message/fields.js";
import { messageCommand } from "../../message/tx-command.js";

const batchId = field.id("The batch.");

function readOpenings(path: string): Messages["tributary.attribution.v1.Opening"][] {
  if (path === "") throw usage("--openings-file is required: a JSON list of openings");
  const json = parseJson(utf8Text(fileBytes(path)) ?? "");
  if (isRejection(json) || !Array.isArray(json)) throw usage(`${path} is not a JSON list of openings`);
  return (json as readonly Json[]).map((item, i) => {
    const opening = fromJson("tributary.attribution.v1.Opening", item);
    if (isRejection(opening)) throw usage(`${path}, opening ${i}: ${rejectionText(opening)}`);
    return opening;
  });
}

export default [
  messageCommand({
    path: "tx attribution open-sample",
    message: "tributary.attribution.v1.MsgOpenSample",
    summary: "Open receipts of a batch that its sample asks for. This publishes their requests and answers.",
    details:
      "The file is a JSON list of openings, as the provider's tools write it: a receipt in one part, or in several, in their\n" +
      "order and in as many transactions as they need. The first part has the head; a head begins the receipt again. Nothing\n" +
      "counts before the last piece has come, and the parts of provider and consumer stand apart. Pieces hold token hashes:\n" +
      "a guessed word can be checked against its hash, so an opening is as good as the text.",
    args: { batchId },
    extra: { openingsFile: field.text("The openings, as a JSON list.") },
    complete: (message, extra) => ({ ...message, openings: readOpenings(String(extra("openingsFile")[0] ?? "")) }),
    example: ["tx attribution open-sample 3 --openings-file openings.json --from bob"],
  }),
  messageCommand({
    path: "tx attribution settle",
    message: "tributary.attribution.v1.MsgSettleBatch",
    summary: "Ask for the settlement of a batch whose openings are complete; after its deadline it needs no asking.",
    details: "The blocks that follow settle and book it, each as much as it has room for.",
    args: { batchId },
    example: ["tx attribution settle 3 --from bob"],
  }),
];
