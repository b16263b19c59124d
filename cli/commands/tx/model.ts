import type { Messages } from "#proto/codec/message.js";
import { readU64 } from "../../option.js";
import { usage } from "../../fault.js";
import { relation, stage } from "#proto/client/words/codes.js";
import { field, listOf, type FieldKind } from "../../message/fields.js";
import { messageCommand } from "../../message/tx-command.js";

type Parent = Messages["tributary.model.v1.Parent"];
type ReleaseRef = Messages["tributary.model.v1.ReleaseRef"];

const versionId = field.id("The version.");
const modelId = field.model("The model.");

/** "12:fine-tune": the parent version and how this one was made from it. */
function readParent(text: string): Parent {
  const [id, word, ...rest] = text.split(":");
  const code = word === undefined ? relation["fine-tune"] : relation[word as keyof typeof relation];
  if (id === undefined || rest.length > 0 || (code as number | undefined) === undefined) {
    throw usage(`"${text}" is not a parent`, `like 12:fine-tune; relations are ${Object.keys(relation).join(", ")}`);
  }
  return { versionId: readU64(id), relation: code };
}

/** "1/3": release 3 of datanet 1. */
function readRelease(text: string): ReleaseRef {
  const match = /^([0-9]{1,19})\/([0-9]{1,9})$/.exec(text);
  if (match === null) throw usage(`"${text}" is not a release`, "like 1/3: datanet 1, release 3");
  return { datanetId: readU64(match[1]!), number: Number(match[2]) };
}

function parsed<V>(help: string, placeholder: string, read: (text: string) => V): FieldKind<V> {
  return {
    ...field.text(help),
    option: { help, placeholder, read: (text) => (read(text), text) },
    value: (text) => read(text),
  };
}

/** "3:1209600": version 3, for 1,209,600 blocks. */
function readCarryOver(text: string): Messages["tributary.model.v1.CarryOver"] {
  const match = /^([0-9]{1,19}):([0-9]{1,19})$/.exec(text);
  if (match === null) throw usage(`"${text}" is not a carry-over`, "like 3:1209600: version 3, for 1209600 blocks");
  return { versionId: readU64(match[1]!), blocks: readU64(match[2]!) };
}

const lineage = {
  parents: listOf(parsed("A version that this one was made from.", "id:relation", readParent)),
  releases: listOf(parsed("A release of data that this version was trained on.", "datanet/number", readRelease)),
};

export default [
  messageCommand({
    path: "tx model register",
    message: "tributary.model.v1.MsgRegisterModel",
    summary: "Register a model; its versions follow.",
    args: { slug: field.text("Its unique name: a-z, 0-9 and -, 3 to 64 characters.") },
    flags: {
      title: field.text("A name for people."),
      cardHash: field.hash("The model card."),
      cardUri: field.text("Where the model card is."),
    },
    required: ["title", "cardHash"],
    example: [`tx model register sotu-ngram --title "An n-gram model of speeches" --card-hash @CARD.md --from bob`],
  }),
  messageCommand({
    path: "tx model publish-version",
    message: "tributary.model.v1.MsgPublishVersion",
    summary: "Publish a version: weights, data, parents and how each fee is shared. All of it is fixed for good.",
    details: `Of each fee 5 % are the chain's, then come --contributors and --provider; the rest is shared between royalties of the
ancestors and the owner. --royalty is what this version will take of the rest of each descendant's fee.`,
    args: { modelId },
    flags: {
      label: field.text("What people call it, as v1.0."),
      weightsHash: field.hash("The weights."),
      weightsBytes: field.u64("Size of the weights."),
      format: field.text("Format of the weights, as safetensors."),
      method: field.text("How it was made, as pre-training."),
      configHash: field.hash("The model's configuration."),
      manifestHash: field.hash("The training manifest: digests, seeds, precision."),
      ...lineage,
      carryOver: parsed(
        "An earlier version of the model, and for how many blocks its contributors are credited too.",
        "version:blocks",
        readCarryOver,
      ),
    },
    extra: {
      contributors: field.percent("The contributors' share of each fee, 10 to 60 percent (30 unless given)."),
      provider: field.percent("The provider's share of each fee (20 unless given)."),
      royalty: field.percent("What it takes of the rest of each descendant's fee (0 unless given)."),
      pricePerCall: field.price("Price of one call."),
      pricePerInputToken: field.price("Price of one token read."),
      pricePerOutputToken: field.price("Price of one token written."),
    },
    complete(message, extra) {
      const points = (name: string, fallback: number): number => (extra(name)[0] as number | undefined) ?? fallback;
      const price = (name: string): bigint => (extra(name)[0] as bigint | undefined) ?? 0n;
      const fees = {
        contributorBasisPoints: points("contributors", 3000),
        providerBasisPoints: points("provider", 2000),
        royaltyBasisPoints: points("royalty", 0),
        pricePerCall: price("pricePerCall"),
        pricePerInputToken: price("pricePerInputToken"),
        pricePerOutputToken: price("pricePerOutputToken"),
      };
      return { ...message, fees };
    },
    required: ["label", "weightsHash", "weightsBytes", "format", "method", "configHash", "manifestHash"],

    example: [
      "tx model publish-version 1 --label v1 --weights-hash @model.bin --weights-bytes 1048576 --format ngram --method counting --config-hash @config.json --manifest-hash @train.json --releases 1/1 --price-per-call 0.01trib --from bob",
      "tx model publish-version 1 --label v1-ft --weights-hash @ft.bin --weights-bytes 1048576 --format safetensors --method lora --config-hash @config.json --manifest-hash @train.json --parents 1:fine-tune --contributors 40 --from bob",
    ],
  }),
  messageCommand({
    path: "tx model amend",
    message: "tributary.model.v1.MsgAmendLineage",
    summary: "Correct the lineage of a version: a new version follows it, with these parents and releases.",
    args: { versionId },
    flags: lineage,
    example: ["tx model amend 1 --parents 2:adapter --releases 1/1,2/1 --from bob"],
  }),
  messageCommand({
    path: "tx model set-stage",
    message: "tributary.model.v1.MsgSetStage",
    summary: "Move a version between draft, staging, production, deprecated and, for good, revoked.",
    args: { versionId, stage: field.code("The stage.", stage) },
    example: ["tx model set-stage 1 production --from bob"],
  }),
  messageCommand({
    path: "tx model evaluate",
    message: "tributary.model.v1.MsgRecordEvaluation",
    summary: "Record an evaluation of a version.",
    args: { versionId },
    flags: {
      benchmark: field.text("What it was measured with."),
      datasetHash: field.hash("The data of the measurement."),
      metric: field.text("What was measured, as perplexity."),
      value: field.text("The result, a decimal with up to 18 digits after the point."),
      evidenceHash: field.hash("Logs or outputs that show it."),
    },
    required: ["benchmark", "datasetHash", "metric", "value", "evidenceHash"],
    example: [
      "tx model evaluate 1 --benchmark held-out --metric perplexity --value 41.7 --dataset-hash @held-out.txt --evidence-hash @eval.log --from bob",
    ],
  }),
  messageCommand({
    path: "tx model transfer",
    message: "tributary.model.v1.MsgTransferModel",
    summary: "Transfer a model to another owner.",
    args: { modelId, newOwner: field.address("The new owner.") },
    example: ["tx model transfer 1 carol --from bob"],
  }),
];
