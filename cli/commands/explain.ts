import { utf8Text } from "#proto/bytes.js";
import {
  bundleSource,
  bundleTime,
  explainCredit,
  explainReceipt,
  rpcSource,
  VerifyFault,
  type OpenOptions,
  type Source,
} from "#proto/client/verify/index.js";
import { readBundleFile } from "../bundle-file.js";
import { connect, nodeOptions, type NodeValues } from "../client.js";
import { command } from "../command.js";
import { CliFault, notFound, usage } from "../fault.js";
import { creditJson, creditText } from "../explain/credit.js";
import { receiptJson, receiptText } from "../explain/receipt.js";
import { fileBytes } from "../message/fields.js";
import { must, opt } from "../option.js";
import { trustedGenesis, trustOptions, type TrustValues } from "../trust-option.js";
import type { World } from "../world.js";

const shared = {
  height: opt.u64("Read the state after this height; the latest provable one unless given."),
  from: opt.text("Read from what verify payout --export wrote instead of a node.", "file"),
  ...trustOptions,
  ...nodeOptions,
};

const PROVEN =
  "Everything is decided here once more, from bytes that are proven from the genesis file on; the node is only asked for them.";

export default [
  command({
    path: "explain receipt",
    summary: "Show who is paid for which words of an opened answer, and why the others are unpaid.",
    details:
      `${PROVEN}\nThe chain holds hashes of an answer's words and not the words. With --answer they are shown, in colours or in\n` +
      "brackets, each stretch with the contribution that is paid; a text that is not the opened answer is refused. -o json\n" +
      "gives each token with its bytes in the text; amounts are billionths of the base unit there.",
    args: {
      batch: must(opt.u64("The batch.")),
      voucher: must(opt.u64("The voucher of the batch.")),
      index: must(opt.u64("The receipt's place under the voucher, from 0.")),
    },
    options: { answer: opt.text("The answer's words: UTF-8 text.", "file"), ...shared },
    example: [
      "explain receipt 1 1 7 --answer answer.txt",
      "explain receipt 1 1 7",
      "explain receipt 1 1 7 --answer answer.txt -o json | jq '.tokens[0]'",
    ],
    async run({ batch: batchId, voucher: voucherId, index, answer: file, ...values }, world) {
      const answer = file === undefined ? undefined : readAnswer(file);
      const place = { batchId, voucherId, index, answer };
      const explained = await understood(() => {
        const { source, ...options } = opened(values, world);
        return explainReceipt(source, trustedGenesis(values, world), { ...place, ...options });
      });
      const { out } = world;
      out.data(out.format === "json" ? receiptJson(explained) : explained, (one) =>
        receiptText(one as typeof explained, answer, out.isColoured),
      );
    },
  }),
  command({
    path: "explain payout",
    summary: "Show which receipts of a batch paid a contribution, with the amounts that add up to its credit.",
    details: PROVEN,
    args: {
      batch: must(opt.u64("The batch.")),
      contribution: must(opt.u64("The contribution.")),
    },
    options: shared,
    example: ["explain payout 2 5", "explain payout 2 5 -o json | jq '.receipts[].amount'"],
    async run({ batch: batchId, contribution: contributionId, ...values }, world) {
      const explained = await understood(() => {
        const { source, ...options } = opened(values, world);
        return explainCredit(source, trustedGenesis(values, world), { batchId, contributionId, ...options });
      });
      const { out } = world;
      out.data(out.format === "json" ? creditJson(explained) : explained, (one) => creditText(one as typeof explained));
    },
  }),
];

type SharedValues = TrustValues &
  NodeValues & { readonly height: bigint | undefined; readonly from: string | undefined };

/** A node, or a file with the clock of its export. */
function opened(values: SharedValues, world: World): OpenOptions & { readonly source: Source } {
  const { height, trust, from } = values;
  if (from === undefined) {
    return { source: rpcSource(connect(values, world)), now: BigInt(world.system.now()), height, trust };
  }
  const bundle = readBundleFile(from, world.out.note);
  return { source: bundleSource(bundle), now: bundleTime(bundle), height, trust };
}

function readAnswer(path: string): string {
  const text = utf8Text(fileBytes(path));
  if (text === undefined) throw usage(`${path} is not UTF-8 text`);
  return text;
}

/** Names missing objects, and errors of a text or a node. */
async function understood<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof VerifyFault)) throw error;
    if (error.code === "no_batch" || error.code === "missing") throw notFound(error.message);
    throw new CliFault(error.code, error.message);
  }
}
