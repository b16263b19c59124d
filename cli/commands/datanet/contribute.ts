import { parseAmount } from "#proto/amount.js";
import type { Messages } from "#proto/codec/message.js";
import { fromHex, equalBytes, toHex, type Bytes } from "#proto/bytes.js";
import { command } from "../../command.js";
import { confirm } from "../../confirm.js";
import { formatCoin } from "../../coins.js";
import { fetchDatanet, type Datanet, type Terms } from "../../contribute/chain.js";
import { findFiles, orLeftOut, readContribution } from "../../contribute/files.js";
import { planFile, type PlannedFile } from "../../contribute/plan.js";
import { upload } from "../../contribute/upload.js";
import { CliFault, notFound, usage } from "../../fault.js";
import { must, opt, withDefault } from "../../option.js";
import { txOptions } from "../../tx/options.js";
import { TxSession } from "../../tx/session.js";
import type { World } from "../../world.js";

/** Several transactions that wait for each other cannot be written to a file or signed offline. */
const {
  generateOnly: _unsigned,
  offline: _offline,
  accountNumber: _number,
  outputDocument: _file,
  ...sending
} = txOptions;

export default command({
  path: "datanet contribute",
  summary: "Contribute files to a datanet: fingerprints are computed here, committed first, then shown.",
  details: `Each file is one contribution. Its text is not sent, but its fingerprints are, to every validator: whoever has the text,
or guesses it, can recognise it by them. In effect they publish the text for good.
Run the same command again after an interruption: what is on the chain already is found by its content and left out.`,
  args: {
    datanet: must(opt.text("Id or unique name of the datanet.")),
    paths: { ...opt.list("Files, or folders with files.", "path", (text) => text), required: true },
  },
  options: {
    include: opt.list("Only files like this, as *.txt; may be given several times.", "glob", (text) => text),
    exclude: opt.list("No files like this.", "glob", (text) => text),
    records: withDefault(
      opt.choice("What a record is: the whole file, or each line of it.", ["file", "lines"]),
      "file",
    ),
    title: opt.text("Title of the contribution; the file's name unless given.", "text"),
    mediaType: opt.text("Media type of all files; by their endings unless given.", "type"),
    termsHash: opt.of("Contribute only if the datanet's terms are these.", "hash", readTermsHash),
    ...sending,
  },
  example: [
    "datanet contribute speeches ./texts --include '*.txt' --from alice",
    "datanet contribute 1 a.txt b.txt --dry-run --from alice",
    "datanet contribute 1 ./texts --from alice -y -q",
  ],
  async run(values, world) {
    const sendingValues = {
      ...values,
      generateOnly: false,
      offline: false,
      accountNumber: undefined,
      outputDocument: undefined,
    };
    const session = await TxSession.open(sendingValues, world);
    const { datanet, terms } = await fetchDatanet(session.node, values.datanet);
    if (values.termsHash !== undefined && !equalBytes(values.termsHash, terms.hash)) {
      throw new CliFault(
        "terms_changed",
        `the terms of datanet ${datanet.id} are ${toHex(terms.hash)}, not ${toHex(values.termsHash)}`,
        { fix: `read them (${terms.uri}) before you consent` },
      );
    }
    const progress = (text: string): void => world.out.note(text);
    const { plans, leftOut } = prepare(values.paths, values, datanet, progress);
    for (const sentence of leftOut) world.out.warn(`left out: ${sentence}`);
    const deposit = depositOf(plans, await session.node.query("tributary.datanet.v1.Query/Params", {}));
    if (values.dryRun) {
      quote(plans, datanet, terms, deposit, world);
      return;
    }
    describe(plans, datanet, terms, deposit, world);
    await confirm(
      world,
      `Consent to terms version ${terms.version} and contribute ${plans.length} ${plans.length === 1 ? "file" : "files"} as ${session.address}?`,
    );
    const done = await upload(plans, datanet, terms, session, await session.secretKey(), world, progress);
    if (world.out.quiet) return;
    world.out.rows(done, [
      { title: "CONTRIBUTION", cell: (row) => row.id.toString(), right: true },
      { title: "FILE", cell: (row) => row.path },
      { title: "", cell: (row) => (row.known ? "was there" : "new") },
    ]);
  },
});

interface Choice {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly records: "file" | "lines";
  readonly title: string | undefined;
  readonly mediaType: string | undefined;
}

interface Prepared {
  readonly plans: readonly PlannedFile[];
  readonly leftOut: readonly string[];
}

/** @throws CliFault for a file that was named and cannot be contributed, and when no file is left */
function prepare(
  paths: readonly string[],
  choice: Choice,
  datanet: Datanet,
  progress: (text: string) => void,
): Prepared {
  const { named, below, leftOut: unread } = findFiles(paths, choice);
  const leftOut = [...unread];
  const total = named.length + below.length;
  const seen = new Map<string, string>();
  const planOf = (path: string, at: number): PlannedFile => {
    progress(`preparing ${at + 1} of ${total}: ${path}`);
    const read = readContribution(path, choice);
    const file = { ...read, mediaType: choice.mediaType ?? read.mediaType };
    const plan = planFile(file, datanet);
    const root = toHex(plan.prepared.contentRoot);
    const twin = seen.get(root);
    if (twin !== undefined) throw usage(`${path} is the same as ${twin}`, "--exclude leaves one of them out");
    seen.set(root, path);
    return plan;
  };
  const plans = [
    ...named.map(planOf),
    ...below.flatMap((path, i) => orLeftOut(leftOut, () => planOf(path, named.length + i)) ?? []),
  ];
  if (plans.length > 0) return { plans, leftOut };
  const [first] = leftOut;
  throw first === undefined
    ? notFound(`no file below ${paths.join(", ")} is chosen`, "--include and --exclude choose files")
    : usage(`no file below ${paths.join(", ")} can be contributed: ${first}`);
}

/** What the intents lock at the price of now; it rises while the tier fills. */
function depositOf(
  plans: readonly PlannedFile[],
  { params, fingerprintDeposit }: Messages["tributary.datanet.v1.QueryParamsResponse"],
): bigint {
  const [least, price] = [params?.contestDepositMin ?? "", fingerprintDeposit].map((text) => parseAmount(text) ?? 0n);
  return plans.reduce((sum, { prepared }) => sum + most(least!, price! * BigInt(prepared.fpCount)), 0n);
}

const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);

function describe(plans: readonly PlannedFile[], datanet: Datanet, terms: Terms, deposit: bigint, world: World): void {
  const sum = (pick: (plan: PlannedFile) => number): number => plans.reduce((total, plan) => total + pick(plan), 0);
  const bond = (parseAmount(datanet.bond) ?? 0n) * BigInt(plans.length);
  world.out.note(`datanet ${datanet.id} (${datanet.slug}): ${datanet.title}`);
  world.out.note(`terms   version ${terms.version}, ${toHex(terms.hash)}${terms.uri === "" ? "" : `, ${terms.uri}`}`);
  world.out.note(
    `files   ${plans.length}, ${sum((plan) => plan.prepared.tokenCount)} words, ${sum((plan) => plan.prepared.fpCount)} fingerprints`,
  );
  world.out.note(
    `bond    ${formatCoin({ denom: world.terms.denom, amount: bond }, world.terms)}, returned unless a curator rejects`,
  );
  world.out.note(
    `deposit ${formatCoin({ denom: world.terms.denom, amount: deposit }, world.terms)}, locked until withdrawal and as long as proofs last after it`,
  );
  world.out.warn("every validator keeps the fingerprints: in effect they publish the text for good");
}

function quote(plans: readonly PlannedFile[], datanet: Datanet, terms: Terms, deposit: bigint, world: World) {
  describe(plans, datanet, terms, deposit, world);
  world.out.rows(
    plans.map(({ file, prepared, chunks }) => ({
      file: file.path,
      media_type: file.mediaType,
      bytes: prepared.contentBytes,
      records: prepared.recordCount,
      tokens: prepared.tokenCount,
      fingerprints: prepared.fpCount,
      transactions: chunks.length,
      content_root: prepared.contentRoot,
    })),
    [
      { title: "FILE", cell: (row) => row.file },
      { title: "BYTES", cell: (row) => row.bytes.toString(), right: true },
      { title: "WORDS", cell: (row) => String(row.tokens), right: true },
      { title: "FINGERPRINTS", cell: (row) => String(row.fingerprints), right: true },
      { title: "TXS", cell: (row) => String(row.transactions), right: true },
    ],
  );
}

function readTermsHash(text: string): Bytes {
  const bytes = fromHex(text);
  if (bytes?.length === 32) return bytes;
  throw usage(`"${text}" is not a hash: 64 hex digits are needed`);
}
