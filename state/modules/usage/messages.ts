import { ownMessage, type MessageRow } from "../../module.js";
import { closeChannel, withdrawChannel } from "./close.js";
import { setEndpoint } from "./endpoint.js";
import { openChannel, topUpChannel } from "./open.js";
import { redeemVoucher } from "./redeem.js";

/** Messages of the module (README). */
export const messages: readonly MessageRow[] = [
  ownMessage("tributary.usage.v1.MsgOpenChannel", ({ consumer }) => consumer, openChannel),
  ownMessage("tributary.usage.v1.MsgTopUpChannel", ({ consumer }) => consumer, topUpChannel),
  ownMessage("tributary.usage.v1.MsgRedeemVoucher", ({ signer }) => signer, redeemVoucher),
  ownMessage("tributary.usage.v1.MsgCloseChannel", ({ signer }) => signer, closeChannel),
  ownMessage("tributary.usage.v1.MsgWithdrawChannel", ({ consumer }) => consumer, withdrawChannel),
  ownMessage("tributary.usage.v1.MsgSetEndpoint", ({ provider }) => provider, setEndpoint),
];
