import type { Json, JsonObject } from "#proto/codec/json-text.js";
import { contributionStatus, relation, reviewReason, stage, verdict, type Codes } from "#proto/client/words/codes.js";
import { isJsonObject } from "#proto/codec/json-text.js";
import { amountFrom, type Fine } from "./amount.js";
import { lineOf, wordsOf } from "./text.js";
import type { PageName } from "./route.js";

/** A piece of a sentence: words, something that has a page, or coins. */
export type Phrase =
  | string
  | { readonly page: PageName; readonly id: string }
  | { readonly amount: bigint; readonly denom: string | undefined; readonly fine?: Fine };

/** A message in words: a title for lists, and what it says. */
export interface MessageWords {
  readonly title: string;
  readonly phrases: readonly Phrase[];
}

type Say = (message: JsonObject) => readonly Phrase[];

const text = (message: JsonObject, field: string): string => lineOf(String(message[field] ?? ""));
const page = (name: PageName, message: JsonObject, field: string): Phrase => ({ page: name, id: text(message, field) });
const account = (message: JsonObject, field: string): Phrase => page("account", message, field);
const base = (message: JsonObject, field: string): Phrase => ({
  amount: amountFrom(text(message, field)),
  denom: undefined,
});
const word = (codes: Codes, code: Json | undefined): string =>
  wordsOf(Object.keys(codes).find((name) => codes[name] === code) ?? `code ${String(code)}`);

function coin(json: Json | undefined): Phrase {
  if (!isJsonObject(json)) return "nothing";
  return { amount: amountFrom(text(json, "amount")), denom: text(json, "denom") };
}
function coins(json: Json | undefined): readonly Phrase[] {
  const list = Array.isArray(json) ? (json as readonly Json[]) : [];
  if (list.length === 0) return ["nothing"];
  return list.slice(0, 8).flatMap((each, i) => (i === 0 ? [coin(each)] : [", ", coin(each)]));
}

/** Every message that the chain takes, by its name without package: title and sentence. */
const MESSAGES: Readonly<Record<string, readonly [title: string, say: Say]>> = {
  "/cosmos.bank.v1beta1.MsgSend": [
    "Send",
    (m) => [account(m, "from_address"), " sends ", ...coins(m["amount"]), " to ", account(m, "to_address")],
  ],
  "/cosmos.bank.v1beta1.MsgMultiSend": [
    "Send to several",
    (m) => ["Sends to ", String(Array.isArray(m["outputs"]) ? m["outputs"].length : 0), " accounts"],
  ],
  "/cosmos.slashing.v1beta1.MsgUnjail": [
    "Unjail",
    (m) => [page("validator", m, "validator_addr"), " returns from jail"],
  ],
  "/cosmos.staking.v1beta1.MsgCreateValidator": [
    "Create validator",
    (m) => [page("validator", m, "validator_address"), " becomes a validator with ", coin(m["value"])],
  ],
  "/cosmos.staking.v1beta1.MsgEditValidator": [
    "Edit validator",
    (m) => [page("validator", m, "validator_address"), " changes its description"],
  ],
  "/cosmos.staking.v1beta1.MsgDelegate": [
    "Delegate",
    (m) => [
      account(m, "delegator_address"),
      " delegates ",
      coin(m["amount"]),
      " to ",
      page("validator", m, "validator_address"),
    ],
  ],
  "/cosmos.staking.v1beta1.MsgUndelegate": [
    "Undelegate",
    (m) => [
      account(m, "delegator_address"),
      " takes back ",
      coin(m["amount"]),
      " from ",
      page("validator", m, "validator_address"),
    ],
  ],
  "/cosmos.staking.v1beta1.MsgBeginRedelegate": [
    "Redelegate",
    (m) => [
      ...[account(m, "delegator_address"), " moves ", coin(m["amount"]), " from "],
      ...[page("validator", m, "validator_src_address"), " to ", page("validator", m, "validator_dst_address")],
    ],
  ],
  "/cosmos.staking.v1beta1.MsgCancelUnbondingDelegation": [
    "Cancel undelegation",
    (m) => [
      account(m, "delegator_address"),
      " leaves ",
      coin(m["amount"]),
      " with ",
      page("validator", m, "validator_address"),
    ],
  ],
  "/tributary.datanet.v1.MsgCreateDatanet": [
    "Create datanet",
    (m) => [account(m, "creator"), ` creates the datanet “${text(m, "title")}” (${text(m, "slug")})`],
  ],
  "/tributary.datanet.v1.MsgUpdateDatanet": [
    "Update datanet",
    (m) => [account(m, "creator"), " changes datanet ", page("datanet", m, "datanet_id")],
  ],
  "/tributary.datanet.v1.MsgCommitContribution": [
    "Commit to a text",
    (m) => [account(m, "owner"), ` commits to a text with ${text(m, "fp_count")} fingerprints, before it is shown`],
  ],
  "/tributary.datanet.v1.MsgContribute": [
    "Contribute",
    (m) => [account(m, "owner"), ` contributes “${text(m, "title")}” to datanet `, page("datanet", m, "datanet_id")],
  ],
  "/tributary.datanet.v1.MsgAddFingerprints": [
    "Add fingerprints",
    (m) => [
      account(m, "owner"),
      " sends more fingerprints of contribution ",
      page("contribution", m, "contribution_id"),
    ],
  ],
  "/tributary.datanet.v1.MsgReviewContribution": [
    "Review",
    (m) => [
      ...[account(m, "curator"), ` says ${word(verdict, m["verdict"])} to contribution `],
      ...[page("contribution", m, "contribution_id"), `: ${word(reviewReason, m["reason"])}`],
      ...(text(m, "note") === "" ? [] : [`. “${text(m, "note")}”`]),
    ],
  ],
  "/tributary.datanet.v1.MsgPublishRelease": [
    "Publish release",
    (m) => [account(m, "curator"), " publishes a release of datanet ", page("datanet", m, "datanet_id")],
  ],
  "/tributary.datanet.v1.MsgWithdrawConsent": [
    "Withdraw consent",
    (m) => [account(m, "owner"), " withdraws contribution ", page("contribution", m, "contribution_id")],
  ],
  "/tributary.datanet.v1.MsgFundDatanet": [
    "Fund datanet",
    (m) => [account(m, "funder"), " gives ", base(m, "amount"), " to datanet ", page("datanet", m, "datanet_id")],
  ],
  "/tributary.datanet.v1.MsgSetCurators": [
    "Set curators",
    (m) => [account(m, "creator"), " names the curators of datanet ", page("datanet", m, "datanet_id")],
  ],
  "/tributary.datanet.v1.MsgCloseDatanet": [
    "Close datanet",
    (m) => [account(m, "creator"), " closes datanet ", page("datanet", m, "datanet_id")],
  ],
  "/tributary.model.v1.MsgRegisterModel": [
    "Register model",
    (m) => [account(m, "owner"), ` registers the model “${text(m, "title")}” (${text(m, "slug")})`],
  ],
  "/tributary.model.v1.MsgPublishVersion": [
    "Publish version",
    (m) => [account(m, "owner"), ` publishes version ${text(m, "label")} of model `, page("model", m, "model_id")],
  ],
  "/tributary.model.v1.MsgAmendLineage": [
    "Amend lineage",
    (m) => [account(m, "owner"), " amends the lineage of version ", page("version", m, "version_id")],
  ],
  "/tributary.model.v1.MsgSetStage": [
    "Set stage",
    (m) => [account(m, "owner"), " moves version ", page("version", m, "version_id"), ` to ${word(stage, m["stage"])}`],
  ],
  "/tributary.model.v1.MsgRecordEvaluation": [
    "Record evaluation",
    (m) => [
      ...[
        account(m, "evaluator"),
        ` measures ${text(m, "metric")} ${text(m, "value")} (${text(m, "benchmark")}) of version `,
      ],
      page("version", m, "version_id"),
    ],
  ],
  "/tributary.model.v1.MsgTransferModel": [
    "Transfer model",
    (m) => [account(m, "owner"), " gives model ", page("model", m, "model_id"), " to ", account(m, "new_owner")],
  ],
  "/tributary.usage.v1.MsgOpenChannel": [
    "Open channel",
    (m) => [
      ...[account(m, "consumer"), " opens a channel of ", base(m, "deposit"), " to ", page("provider", m, "provider")],
      ...[" for version ", page("version", m, "version_id")],
    ],
  ],
  "/tributary.usage.v1.MsgTopUpChannel": [
    "Top up channel",
    (m) => [account(m, "consumer"), " adds ", base(m, "amount"), ` to channel ${text(m, "channel_id")}`],
  ],
  "/tributary.usage.v1.MsgRedeemVoucher": [
    "Redeem voucher",
    (m) => {
      const voucher = isJsonObject(m["voucher"]) ? m["voucher"] : {};
      const sum = [base(voucher, "amount"), ` of channel ${text(voucher, "channel_id")} so far`];
      return [account(m, "signer"), " redeems a voucher over ", ...sum];
    },
  ],
  "/tributary.usage.v1.MsgCloseChannel": [
    "Close channel",
    (m) => [account(m, "signer"), ` closes channel ${text(m, "channel_id")}`],
  ],
  "/tributary.usage.v1.MsgWithdrawChannel": [
    "Withdraw channel",
    (m) => [account(m, "consumer"), ` takes back what is left of channel ${text(m, "channel_id")}`],
  ],
  "/tributary.usage.v1.MsgSetEndpoint": [
    "Set endpoint",
    (m) => [
      page("provider", m, "provider"),
      " serves version ",
      page("version", m, "version_id"),
      ` at ${text(m, "url")}`,
    ],
  ],
  "/tributary.attribution.v1.MsgOpenSample": [
    "Open receipts",
    (m) => [account(m, "signer"), " opens drawn receipts of batch ", page("batch", m, "batch_id")],
  ],
  "/tributary.attribution.v1.MsgSettleBatch": [
    "Settle batch",
    (m) => [account(m, "signer"), " asks for batch ", page("batch", m, "batch_id"), " to be settled"],
  ],
  "/tributary.attribution.v1.MsgRegisterAttestor": [
    "Register attestor",
    (m) => [account(m, "attestor"), " offers to attest, with a bond of ", base(m, "bond")],
  ],
  "/tributary.attribution.v1.MsgCommitScores": [
    "Commit scores",
    (m) => [account(m, "attestor"), ` commits to its scores of round ${text(m, "round_id")}`],
  ],
  "/tributary.attribution.v1.MsgRevealScores": [
    "Reveal scores",
    (m) => [account(m, "attestor"), ` shows its scores of round ${text(m, "round_id")}`],
  ],
  "/tributary.payout.v1.MsgClaimPayout": ["Claim payout", (m) => [account(m, "owner"), " claims what is owed"]],
  "/tributary.payout.v1.MsgSetPayoutAddress": [
    "Set payout address",
    (m) => [account(m, "owner"), " has its pay sent to ", account(m, "address")],
  ],
  "/tributary.payout.v1.MsgProposeKeyChange": [
    "Propose key change",
    (m) => [account(m, "owner"), " proposes ", account(m, "new_owner"), " as the key that its pay follows"],
  ],
  "/tributary.payout.v1.MsgCancelKeyChange": ["Cancel key change", (m) => [account(m, "owner"), " keeps its key"]],
  "/tributary.payout.v1.MsgExecuteKeyChange": [
    "Execute key change",
    (m) => ["The pay of ", account(m, "owner"), " follows its new key"],
  ],
};

/** Type URLs of all messages that have words here. */
export const messageUrls: readonly string[] = Object.keys(MESSAGES);

/** A message of a transaction in words. One that this version does not know is named, and shown as JSON beside. */
export function messageWords(json: Json): MessageWords {
  const message = isJsonObject(json) ? json : {};
  const url = text(message, "@type");
  const row = Object.hasOwn(MESSAGES, url) ? MESSAGES[url] : undefined;
  if (row === undefined) {
    return { title: lineOf(url.split(".").at(-1) ?? "Message"), phrases: [`A message of type ${url}`] };
  }
  return { title: row[0], phrases: row[1](message) };
}

/** "accepted", "rejected: near duplicate": a contribution's state with its reason. */
export function stateWords(status: number, reason: number): string {
  const name = word(contributionStatus, status);
  return status === contributionStatus.rejected ? `${name}: ${word(reviewReason, reason)}` : name;
}

export const relationWords = (code: number): string => word(relation, code);
export const stageWords = (code: number): string => word(stage, code);
export const reviewWords = (code: number): string => word(reviewReason, code);
export const verdictWords = (code: number): string => word(verdict, code);
