import { field } from "../../message/fields.js";
import { messageCommand } from "../../message/tx-command.js";

export default [
  messageCommand({
    path: "tx payout claim",
    message: "tributary.payout.v1.MsgClaimPayout",
    summary: "Claim what automatic payment could not deliver. Everything else is paid without a claim.",
    example: ["tx payout claim --from alice"],
  }),
  messageCommand({
    path: "tx payout set-address",
    message: "tributary.payout.v1.MsgSetPayoutAddress",
    summary: "Have your earnings paid to another address; give your own to end it.",
    args: { address: field.address("Where they go.") },
    example: ["tx payout set-address trib1... --from alice"],
  }),
  messageCommand({
    path: "tx payout propose-key",
    message: "tributary.payout.v1.MsgProposeKeyChange",
    summary: "Announce a key change: after a delay, the other key owns all your claims, past and future.",
    args: { newOwner: field.address("The account of the new key.") },
    example: ["tx payout propose-key alice-new --from alice"],
  }),
  messageCommand({
    path: "tx payout cancel-key",
    message: "tributary.payout.v1.MsgCancelKeyChange",
    summary: "Cancel an announced key change before it is executed.",
    example: ["tx payout cancel-key --from alice"],
  }),
  messageCommand({
    path: "tx payout execute-key",
    message: "tributary.payout.v1.MsgExecuteKeyChange",
    summary: "Complete an announced key change, signed with the new key.",
    args: { owner: field.address("The account that announced it.") },
    example: ["tx payout execute-key alice --from alice-new"],
  }),
];
