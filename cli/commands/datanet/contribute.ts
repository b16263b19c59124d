import { fromHex, equalBytes, toHex, type Bytes } from "#proto/bytes.js";
import { command } from "../../command.js";
import { confirm } from "../../confirm.js";
import { contributionsOf, fetchDatanet, type Datanet } from "../../contribute/chain.js";
import { findFiles, orLeftOut, readContribution, type FileChoice } from "../../contribute/files.js";
import { knownOf } from "../../contribute/known.js";
import { planFile, type PlannedFile } from "../../contribute/plan.js";
import { describe, depositsOf, quote, warnOfEarlier } from "../../contribute/quote.js";
import { formatNames } from "../../contribute/records/formats.js";
import { upload, type Uploaded } from "../../contribute/upload.js";
import { EXIT } from "../../exit.js";
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
  details: `Each file is one contribution, and its records are texts: the rows of CSV below the first, which names the fields; the lines
of JSONL; the items of a JSON list; else the whole file. Markup is no text. The fields of a record are joined in the order of the first
row in CSV, and of their names in JSON.
The text itself is not sent. Its fingerprints are sent to every validator, and anyone who has the text, or guesses it, can
recognise it by them. In effect they publish the text for good. Run with --dry-run to see what of it could never be matched or paid.
Run the same command again after an interruption: what is on the chain already is found by its content and left out.`,
  args: {
    datanet: must(opt.text("Id or unique name of the datanet.")),
    paths: { ...opt.list("Files, or folders with files.", "path", (text) => text), required: true },
  },
  options: {
    include: opt.list("Only files like this, as *.txt; may be given several times.", "glob", (text) => text),
    exclude: opt.list("No files like this.", "glob", (text) => text),
    format: withDefault(
      opt.choice("How files are read; auto: by ending, else by --media-type, else as text.", ["auto", ...formatNames]),
      "auto",
    ),
    records: withDefault(
      opt.choice("What a record of a text is: the whole file, or each line of it.", ["file", "lines"]),
      "file",
    ),
    field: opt.list(
      "A field that is text, of json, jsonl, csv or tsv; may be given several times, in order; all unless given.",
      "name",
      (text) => text,
    ),
    title: opt.text("Title of the contribution; the file's name unless given.", "text"),
    mediaType: opt.text("Media type of all files; by their endings unless given.", "type"),
    termsHash: opt.of("Contribute only if the datanet's terms are these.", "hash", readTermsHash),
    ...sending,
  },
  example: [
    "datanet contribute speeches ./texts --include '*.txt' --from alice",
    "datanet contribute 1 a.txt b.txt --dry-run --from alice",
    "datanet contribute 1 poems.jsonl --field title --field verse.text --media-type text/plain --dry-run --from alice",
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
    const deposits = depositsOf(plans, await session.node.query("tributary.datanet.v1.Query/Params", {}));
    describe(plans, datanet, terms, deposits, world);
    const own = await contributionsOf(session.node, session.address);
    const known = await knownOf(plans, session.node, new Set(own.map(({ id }) => id)));
    warnOfEarlier(known, world);
    if (values.dryRun) {
      quote(plans, deposits, known, world);
      return;
    }
    await confirm(
      world,
      `Consent to terms version ${terms.version} and contribute ${plans.length} ${plans.length === 1 ? "file" : "files"} as ${session.address}?`,
    );
    const done = await upload(plans, await session.secretKey(), { datanet, terms, session, progress });
    report(done, world);
  },
});

/** @throws CliFault(incomplete), exit 6, if the chain refused some of the files */
function report(done: readonly Uploaded[], world: World): void {
  const rows = done.map(({ path, id, known, refused }) => ({ path, id, known, refused: refused?.message }));
  if (world.out.quiet) for (const { id } of rows.filter(({ id }) => id !== undefined)) world.out.line(String(id));
  else {
    world.out.rows(rows, [
      { title: "CONTRIBUTION", cell: ({ id }) => id?.toString() ?? "-", right: true },
      { title: "FILE", cell: ({ path }) => path },
      { title: "", cell: ({ known, refused }) => refused ?? (known ? "was there" : "new") },
    ]);
  }
  const refused = rows.filter((row) => row.refused !== undefined);
  if (refused.length === 0) return;
  throw new CliFault("incomplete", `${refused.length} of ${rows.length} files were refused: ${refused[0]!.refused}`, {
    exit: EXIT.reverted,
    fix: "the others are on the chain; the same command again sends what is missing",
  });
}

interface Prepared {
  readonly plans: readonly PlannedFile[];
  readonly leftOut: readonly string[];
}

/** @throws CliFault for a file that was named and cannot be contributed, and when no file is left */
function prepare(
  paths: readonly string[],
  choice: FileChoice,
  datanet: Datanet,
  progress: (text: string) => void,
): Prepared {
  const { named, below, leftOut: unread } = findFiles(paths, choice);
  const leftOut = [...unread];
  const total = named.length + below.length;
  const seen = new Map<string, string>();
  const planOf = (path: string, at: number): PlannedFile => {
    progress(`preparing ${at + 1} of ${total}: ${path}`);
    const plan = planFile(readContribution(path, choice), datanet);
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

function readTermsHash(text: string): Bytes {
  const bytes = fromHex(text);
  if (bytes?.length === 32) return bytes;
  throw usage(`"${text}" is not a hash: 64 hex digits are needed`);
}
