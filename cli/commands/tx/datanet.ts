import { admission, reviewReason, verdict } from "#proto/client/words/codes.js";
import { usage } from "../../fault.js";
import { field, listOf } from "../../message/fields.js";
import { messageCommand } from "../../message/tx-command.js";

const datanetId = field.datanet("The datanet.");
const contributionId = field.id("The contribution.");

const about = {
  title: field.text("A name for people."),
  cardHash: field.hash("The data card."),
  cardUri: field.text("Where the data card is."),
  termsHash: field.hash("The terms that contributors consent to."),
  termsUri: field.text("Where the terms are."),
  mediaTypes: listOf(field.text("A media type that is taken, as text/plain.")),
  contentBytesMax: field.u64("Bytes of one contribution; 0 leaves it to the chain."),
  contributionsMax: field.count("Contributions in all; 0 for no limit of its own."),
  bond: field.amount("What a contributor puts down for each contribution."),
  contributors: listOf(field.address("Who may contribute, with --admission allow-list.")),
};

const treasury = {
  treasuryShare: field.percent(
    "The datanet's share of what its contributors earn, at most 20 percent (0 unless given).",
  ),
};
const treasuryOf = (extra: (name: string) => readonly unknown[]) => ({
  treasuryBasisPoints: (extra("treasuryShare")[0] as number | undefined) ?? 0,
});

export default [
  messageCommand({
    path: "tx datanet create",
    message: "tributary.datanet.v1.MsgCreateDatanet",
    summary: "Create a datanet: what it collects, who may contribute, who reviews, on which terms.",
    args: { slug: field.text("Its unique name: a-z, 0-9 and -, 3 to 64 characters.") },
    flags: {
      ...about,
      admission: field.code("Who may contribute.", admission),
      curators: listOf(field.address("Who reviews contributions.")),
      threshold: field.count("How many equal verdicts decide, with --admission curated (1 unless given)."),
      normId: field.count("The text profile: how text becomes tokens and windows; 2 is the only one."),
      tier: field.count("Where fingerprints are kept; 1 is with every validator."),
    },
    required: ["title", "cardHash", "termsHash"],
    defaults: {
      mediaTypes: "text/plain",
      admission: "open",
      normId: "2",
      tier: "1",
      bond: "0",
      contributionsMax: "0",
      contentBytesMax: "0",
    },
    extra: treasury,
    complete: (message, extra) => ({
      ...message,
      ...treasuryOf(extra),
      threshold: message.threshold === 0 && message.admission === admission.curated ? 1 : message.threshold,
    }),
    example: [
      `tx datanet create speeches --title "Speeches" --card-hash @CARD.md --terms-hash @TERMS.md --admission curated --curators bob --from bob`,
      `tx datanet create open-notes --title "Open notes" --card-hash @CARD.md --terms-hash @TERMS.md --media-types text/plain,text/markdown --bond 1trib --from bob`,
    ],
  }),
  messageCommand({
    path: "tx datanet update",
    message: "tributary.datanet.v1.MsgUpdateDatanet",
    summary: "Replace a datanet's title, card, terms, formats and limits; what a flag leaves out becomes empty.",
    details: "New terms get the next version; contributions keep the terms that they consented to.",
    args: { datanetId },
    flags: about,
    required: ["title", "cardHash", "termsHash"],
    defaults: {
      mediaTypes: "text/plain",
      bond: "0",
      contributionsMax: "0",
      contentBytesMax: "0",
    },
    extra: treasury,
    complete: (message, extra) => ({ ...message, ...treasuryOf(extra) }),
    example: [
      `tx datanet update 1 --title "Speeches, revised" --card-hash @CARD.md --terms-hash @TERMS-2.md --from bob`,
    ],
  }),
  messageCommand({
    path: "tx datanet commit",
    message: "tributary.datanet.v1.MsgCommitContribution",
    summary: "Commit to a contribution before it is shown; its place in the chain decides who was first.",
    details:
      "It locks the deposit of its fingerprints; a tenth is lost if the contribution is not completed in time. `tribd datanet contribute` does this and the next step, and computes the commitment.",
    args: { commitment: field.hash("SHA-256 over fingerprint root, content root, owner and nonce.") },
    flags: { fpCount: field.count("How many fingerprints the contribution will have, exactly.") },
    required: ["fpCount"],
    example: ["tx datanet commit 5f2c... --fp-count 120 --from alice"],
  }),
  messageCommand({
    path: "tx datanet contribute",
    message: "tributary.datanet.v1.MsgContribute",
    summary: "Open a commitment: the contribution with its first fingerprints.",
    details: "`tribd datanet contribute` fills all of this from files.",
    args: { datanetId },
    flags: {
      nonce: field.hash("The nonce of the commitment."),
      contentRoot: field.hash("The root over the content."),
      contentBytes: field.u64("The content's size."),
      recordCount: field.count("Records in it."),
      mediaType: field.text("Its media type."),
      title: field.text("A name for people."),
      termsVersion: field.count("The version of the terms that you consent to."),
      termsHash: field.hash("Exactly these terms."),
      fpRoot: field.hash("The root over the fingerprints."),
      fpCount: field.count("How many fingerprints there are."),
      tokenCount: field.count("Tokens in the text."),
      fingerprints: field.hex("The first of them, packed: 8 bytes each, sorted, distinct."),
    },
    required: ["nonce", "contentRoot", "termsVersion", "termsHash", "fpRoot", "fpCount", "tokenCount"],
    defaults: { recordCount: "1", mediaType: "text/plain" },
    example: [
      "tx datanet contribute 1 --nonce 5f2c... --content-root 99aa... --content-bytes 1800 --record-count 1 --media-type text/plain --title River --terms-version 1 --terms-hash @TERMS.md --fp-root 77bb... --fp-count 120 --token-count 300 --fingerprints 0011... --from alice",
    ],
  }),
  messageCommand({
    path: "tx datanet add-fingerprints",
    message: "tributary.datanet.v1.MsgAddFingerprints",
    summary: "Send a further chunk of a contribution's fingerprints.",
    args: {
      contributionId,
      index: field.count("Number of the chunk, from 1."),
      fingerprints: field.hex("Packed: 8 bytes each, sorted, above those sent before."),
    },
    example: ["tx datanet add-fingerprints 7 1 0011... --from alice"],
  }),
  messageCommand({
    path: "tx datanet review",
    message: "tributary.datanet.v1.MsgReviewContribution",
    summary: "Accept or reject a contribution as a curator, with the reason on record.",
    args: { contributionId, verdict: field.code("The verdict.", verdict) },
    flags: {
      reason: field.code("Why; required to reject. To accept it is meets-terms.", reviewReason),
      note: field.text("A sentence for the contributor."),
    },
    complete(message) {
      if (message.reason !== 0) return message;
      if (message.verdict === verdict.accept) return { ...message, reason: reviewReason["meets-terms"] };
      throw usage("--reason is required to reject", Object.keys(reviewReason).slice(1).join(", "));
    },
    example: [
      "tx datanet review 7 accept --from bob",
      `tx datanet review 8 reject --reason near-duplicate --note "the same as 7" --from bob`,
    ],
  }),
  messageCommand({
    path: "tx datanet publish-release",
    message: "tributary.datanet.v1.MsgPublishRelease",
    summary: "Publish the accepted contributions as the next release, which models can pin.",
    args: { datanetId },
    flags: { notes: field.text("What is new.") },
    example: [`tx datanet publish-release 1 --notes "first release" --from bob`],
  }),
  messageCommand({
    path: "tx datanet withdraw",
    message: "tributary.datanet.v1.MsgWithdrawConsent",
    summary: "Withdraw your consent: the contribution is in no later release. Earlier ones and what was earned stay.",
    args: { contributionId },
    example: ["tx datanet withdraw 7 --from alice"],
  }),
  messageCommand({
    path: "tx datanet fund",
    message: "tributary.datanet.v1.MsgFundDatanet",
    summary: "Add coins to a datanet's treasury.",
    args: { datanetId, amount: field.amount("How much.") },
    example: ["tx datanet fund speeches 100trib --from carol"],
  }),
  messageCommand({
    path: "tx datanet set-curators",
    message: "tributary.datanet.v1.MsgSetCurators",
    summary: "Replace the curators of a datanet and how many of them decide.",
    args: { datanetId },
    flags: { curators: listOf(field.address("A curator.")), threshold: field.count("How many equal verdicts decide.") },
    required: ["curators"],
    defaults: { threshold: "1" },
    example: ["tx datanet set-curators 1 --curators bob,carol --threshold 2 --from bob"],
  }),
  messageCommand({
    path: "tx datanet close",
    message: "tributary.datanet.v1.MsgCloseDatanet",
    summary: "Close a datanet without contributions: its deposit returns and its name is free.",
    args: { datanetId },
    example: ["tx datanet close open-notes --from bob"],
  }),
];
