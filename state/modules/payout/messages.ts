import { ownMessage, type MessageRow } from "../../module.js";
import { claimPayout, setPayoutAddress } from "./claim.js";
import { cancelKeyChange, executeKeyChange, proposeKeyChange } from "./key-change.js";

const owner = ({ owner }: { readonly owner: string }): string => owner;

/** Messages of the module (README). */
export const messages: readonly MessageRow[] = [
  ownMessage("tributary.payout.v1.MsgClaimPayout", owner, claimPayout),
  ownMessage("tributary.payout.v1.MsgSetPayoutAddress", owner, setPayoutAddress),
  ownMessage("tributary.payout.v1.MsgProposeKeyChange", owner, proposeKeyChange),
  ownMessage("tributary.payout.v1.MsgCancelKeyChange", owner, cancelKeyChange),
  ownMessage("tributary.payout.v1.MsgExecuteKeyChange", ({ signer }) => signer, executeKeyChange),
];
