import type { Messages } from "#proto/codec/message.js";
import { fromJson } from "#proto/codec/json.js";
import { parseJson } from "#proto/codec/json-text.js";
import { fromBase64 } from "#proto/base64.js";
import { utf8Text } from "#proto/bytes.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import { usage } from "../../fault.js";
import { field, fileBytes } from "../../message/fields.js";
import { messageCommand } from "../../message/tx-command.js";

const channelId = field.id("The channel.");
const versionId = field.id("The version.");

function readVoucher(path: string): { voucher: Messages["tributary.usage.v1.Voucher"]; signature: Uint8Array } {
  if (path === "") throw usage("--voucher-file is required: the voucher and its signature");
  const json = parseJson(utf8Text(fileBytes(path)) ?? "");
  const { voucher: voucherJson, signature: text } = (isRejection(json) ? {} : json) as {
    voucher?: unknown;
    signature?: unknown;
  };
  const voucher = fromJson("tributary.usage.v1.Voucher", (voucherJson ?? null) as Parameters<typeof fromJson>[1]);
  const signature = typeof text === "string" ? fromBase64(text) : undefined;
  if (isRejection(voucher)) throw usage(`${path} holds no voucher: ${rejectionText(voucher)}`);
  if (signature?.length !== 64) throw usage(`${path} holds no signature of 64 bytes in base64`);
  return { voucher, signature };
}

export default [
  messageCommand({
    path: "tx usage open",
    message: "tributary.usage.v1.MsgOpenChannel",
    summary: "Open a channel: a deposit from which a provider is paid per answer, by your vouchers only.",
    args: {
      provider: field.address("Who runs the model."),
      versionId: field.id("The version to use."),
      deposit: field.amount("The deposit: never more than this can be spent."),
    },
    example: ["tx usage open bob 1 50trib --from grace"],
  }),
  messageCommand({
    path: "tx usage top-up",
    message: "tributary.usage.v1.MsgTopUpChannel",
    summary: "Add to a channel's deposit.",
    args: { channelId, amount: field.amount("How much.") },
    example: ["tx usage top-up 1 10trib --from grace"],
  }),
  messageCommand({
    path: "tx usage redeem",
    message: "tributary.usage.v1.MsgRedeemVoucher",
    summary: "Redeem a consumer's voucher: the provider, or anybody else who holds it.",
    details: `The file holds {"voucher": {...}, "signature": "base64"}, as the provider's tools write it.`,
    extra: { voucherFile: field.text("The voucher and its signature, as JSON.") },
    complete: (message, extra) => ({ ...message, ...readVoucher(String(extra("voucherFile")[0] ?? "")) }),
    example: ["tx usage redeem --voucher-file voucher.json --from bob"],
  }),
  messageCommand({
    path: "tx usage close",
    message: "tributary.usage.v1.MsgCloseChannel",
    summary:
      "Close a channel: at once as its provider; as its consumer, the rest can be withdrawn after a grace to redeem.",
    args: { channelId },
    example: ["tx usage close 1 --from grace"],
  }),
  messageCommand({
    path: "tx usage withdraw",
    message: "tributary.usage.v1.MsgWithdrawChannel",
    summary: "Withdraw what is left in a closed channel.",
    args: { channelId },
    example: ["tx usage withdraw 1 --from grace"],
  }),
  messageCommand({
    path: "tx usage set-endpoint",
    message: "tributary.usage.v1.MsgSetEndpoint",
    summary: "Say where you serve a version, so that consumers find you.",
    details:
      "One URL a provider and version: https, no user, query or fragment, no private address unless the chain allows it. " +
      "It replaces the one before.",
    args: { versionId, url: field.text("As https://api.example.com/v1.") },
    flags: { validUntil: field.time("Until when clients use it; at most 400 days ahead.") },
    required: ["validUntil"],
    example: ["tx usage set-endpoint 1 https://api.bob.dev/v1 --valid-until 2027-06-30 --from bob"],
  }),
  messageCommand({
    path: "tx usage remove-endpoint",
    message: "tributary.usage.v1.MsgSetEndpoint",
    summary: "Take back where you serve a version.",
    args: { versionId },
    example: ["tx usage remove-endpoint 1 --from bob"],
  }),
];
