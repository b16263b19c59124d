import { ownMessage, type MessageRow } from "../../../module.js";
import { addFingerprints } from "./add-fingerprints.js";
import { commitContribution } from "./commit.js";
import { contribute } from "./contribute.js";
import { createDatanet } from "./create.js";
import { setCurators } from "./curators.js";
import { fundDatanet } from "./fund.js";
import { publishRelease } from "./release.js";
import { reviewContribution } from "./review.js";
import { updateDatanet } from "./update.js";
import { withdrawConsent } from "./withdraw.js";
import { closeDatanet } from "./close.js";

const V1 = "tributary.datanet.v1";

/** Messages of the module (README). */
export const messages: readonly MessageRow[] = [
  ownMessage(`${V1}.MsgCreateDatanet`, ({ creator }) => creator, createDatanet),
  ownMessage(`${V1}.MsgUpdateDatanet`, ({ creator }) => creator, updateDatanet),
  ownMessage(`${V1}.MsgCommitContribution`, ({ owner }) => owner, commitContribution),
  ownMessage(`${V1}.MsgContribute`, ({ owner }) => owner, contribute),
  ownMessage(`${V1}.MsgAddFingerprints`, ({ owner }) => owner, addFingerprints),
  ownMessage(`${V1}.MsgReviewContribution`, ({ curator }) => curator, reviewContribution),
  ownMessage(`${V1}.MsgPublishRelease`, ({ curator }) => curator, publishRelease),
  ownMessage(`${V1}.MsgWithdrawConsent`, ({ owner }) => owner, withdrawConsent),
  ownMessage(`${V1}.MsgFundDatanet`, ({ funder }) => funder, fundDatanet),
  ownMessage(`${V1}.MsgSetCurators`, ({ creator }) => creator, setCurators),
  ownMessage("tributary.datanet.v1.MsgCloseDatanet", ({ creator }) => creator, closeDatanet),
];
