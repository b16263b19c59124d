import { reject, type Rejection } from "#proto/rejection.js";
import { ownMessage, type MessageRow } from "../../module.js";
import { attributionErrors } from "./errors.js";
import { openSample } from "./open.js";
import { settleEarly } from "./settle-early.js";

/** The residual waits in the attestation fund until a committee is active. */
const inactive = (): Rejection =>
  reject(attributionErrors.attestationInactive, { why: "the attested route is not active on this chain" });

const attestor = ({ attestor }: { readonly attestor: string }): string => attestor;

/** Messages of the module (README). */
export const messages: readonly MessageRow[] = [
  ownMessage("tributary.attribution.v1.MsgOpenSample", ({ signer }) => signer, openSample),
  ownMessage("tributary.attribution.v1.MsgSettleBatch", ({ signer }) => signer, settleEarly),
  ownMessage("tributary.attribution.v1.MsgRegisterAttestor", attestor, inactive),
  ownMessage("tributary.attribution.v1.MsgCommitScores", attestor, inactive),
  ownMessage("tributary.attribution.v1.MsgRevealScores", attestor, inactive),
];
