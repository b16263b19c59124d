import { toHex } from "#proto/bytes.js";
import {
  bundleName,
  bundleSource,
  bundleTime,
  Recording,
  rpcSource,
  VerifyFault,
  verifyPayoutFrom,
  type PayoutReport,
} from "#proto/client/verify/index.js";
import { readBundleFile } from "../../bundle-file.js";
import { writeFileWhole } from "#node/config/json-file.js";
import { connect, nodeOptions } from "../../client.js";
import { command } from "../../command.js";
import { CliFault, notFound, usage } from "../../fault.js";
import { opt } from "../../option.js";
import { trustedGenesis, trustOptions } from "../../trust-option.js";
import { reportJson, reportText } from "./report.js";

export default command({
  path: "verify payout",
  summary:
    "Recompute all payouts from data that is proven from genesis, and compare them with the chain to the last unit.",
  details:
    "Believes neither the node nor the chain's arithmetic: headers are verified from the genesis file on, every record is\n" +
    "proven under a trusted header, beacons are checked against the proposers' proofs, vouchers against the consumers'\n" +
    "signatures, and the rules are applied once more. Exit 0 when all agrees, 1 with the name of the first thing that does not.",
  options: {
    batch: opt.list("A batch; may be given several times.", "id", (text) => {
      if (!/^[1-9][0-9]{0,18}$/.test(text)) throw usage(`"${text}" is not a batch id`);
      return BigInt(text);
    }),
    all: opt.flag("All settled batches; the default."),
    owner: opt.text("All settled batches, and this owner's account against what they owe it.", "address"),
    height: opt.u64("Read the state after this height; the latest provable one unless given."),
    export: opt.text("Write the bytes that were verified, with their proofs, to a file.", "file"),
    from: opt.text("Recompute from an exported file instead of a node.", "file"),
    ...trustOptions,
    ...nodeOptions,
  },
  example: [
    "verify payout --all",
    "verify payout --batch 2 -o json",
    "verify payout --owner trib1... --genesis genesis.json --node https://rpc.example.org",
    "verify payout --all --export payout.json && tribd verify payout --from payout.json",
  ],
  async run(values, world) {
    const { batch: batches, all, owner, height, trust } = values;
    if (batches.length > 0 && (all || owner !== undefined)) {
      throw usage("--batch stands alone", "leave out --all and --owner, or --batch");
    }
    const genesis = trustedGenesis(values, world);
    const options = { batches: batches.length > 0 ? batches : undefined, owner, height, trust };
    const progress = (text: string): void => world.out.note(`verifying ${text}`);
    let report: PayoutReport;
    try {
      if (values.from !== undefined) {
        const bundle = readBundleFile(values.from, world.out.note);
        const now = bundleTime(bundle);
        report = await verifyPayoutFrom(bundleSource(bundle), genesis, { ...options, now, progress });
      } else {
        const now = BigInt(world.system.now());
        const source = new Recording(rpcSource(connect(values, world)));
        report = await verifyPayoutFrom(source, genesis, { ...options, now, progress });
        if (values.export !== undefined) {
          const text = source.text(now);
          writeFileWhole(values.export, text);
          world.out.note(`${values.export}: ${text.length} bytes, sha256 ${bundleName(text)}`);
        }
      }
    } catch (error) {
      throw error instanceof VerifyFault ? unreadable(error) : error;
    }
    world.out.data(world.out.format === "json" ? reportJson(report) : report, () => reportText(report));
    const unsettled = batches.length === 0 ? undefined : report.batches.find(({ agrees }) => agrees === undefined);
    if (unsettled !== undefined) {
      throw new CliFault("not_settled", `batch ${unsettled.batchId} is not settled yet: there is nothing to compare`);
    }
    if (report.agrees) return;
    const { what, why } = report.disagreement!;
    throw new CliFault("payout_wrong", `${what}: ${why}`, {
      fix: `the chain and its bytes disagree, or the node lies: ask another node (--node) for height ${report.height} (header ${toHex(report.headerHash)})`,
    });
  },
});

/** A finding is part of the report; these are failures of the question itself. */
function unreadable(fault: VerifyFault): CliFault {
  if (fault.code === "no_batch") return notFound(fault.message);
  return new CliFault(fault.code, fault.message, { fix: "tribd verify payout --export makes such a file" });
}
