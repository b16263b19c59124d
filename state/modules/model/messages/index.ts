import { ownMessage, type MessageRow } from "../../../module.js";
import { amendLineage } from "./amend.js";
import { recordEvaluation } from "./evaluate.js";
import { publishVersion } from "./publish.js";
import { registerModel } from "./register.js";
import { setStage } from "./stage.js";
import { transferModel } from "./transfer.js";

const V1 = "tributary.model.v1";

/** Messages of the module (README). */
export const messages: readonly MessageRow[] = [
  ownMessage(`${V1}.MsgRegisterModel`, ({ owner }) => owner, registerModel),
  ownMessage(`${V1}.MsgPublishVersion`, ({ owner }) => owner, publishVersion),
  ownMessage(`${V1}.MsgAmendLineage`, ({ owner }) => owner, amendLineage),
  ownMessage(`${V1}.MsgSetStage`, ({ owner }) => owner, setStage),
  ownMessage(`${V1}.MsgRecordEvaluation`, ({ evaluator }) => evaluator, recordEvaluation),
  ownMessage(`${V1}.MsgTransferModel`, ({ owner }) => owner, transferModel),
];
