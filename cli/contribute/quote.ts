import { parseAmount } from "#proto/amount.js";
import { toHex } from "#proto/bytes.js";
import type { Messages } from "#proto/codec/message.js";
import { formatCoin } from "../coins.js";
import type { World } from "../world.js";
import type { Datanet, Terms } from "./chain.js";
import type { Known } from "./known.js";
import { WINDOW_WORDS, type PlannedFile } from "./plan.js";
import { namesOf } from "./records/field-names.js";
import { formats } from "./records/formats.js";

/** Deposit of each file's intent at the current price, which rises while the tier fills. */
export function depositsOf(
  plans: readonly PlannedFile[],
  { params, fingerprintDeposit }: Messages["tributary.datanet.v1.QueryParamsResponse"],
): bigint[] {
  const [least, price] = [params?.contestDepositMin ?? "", fingerprintDeposit].map((text) => parseAmount(text) ?? 0n);
  return plans.map(({ prepared }) => most(least!, price! * BigInt(prepared.fpCount)));
}

const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);

function coins(amount: bigint, world: World): string {
  return formatCoin({ denom: world.terms.denom, amount }, world.terms);
}

/** The contribution, its deposit, and its useless parts, shown before the confirmation. */
export function describe(
  plans: readonly PlannedFile[],
  datanet: Datanet,
  terms: Terms,
  deposits: readonly bigint[],
  world: World,
): void {
  const sum = (pick: (plan: PlannedFile) => number): number => plans.reduce((total, plan) => total + pick(plan), 0);
  const bond = (parseAmount(datanet.bond) ?? 0n) * BigInt(plans.length);
  const deposit = deposits.reduce((total, amount) => total + amount, 0n);
  const fields = [...new Set(plans.filter(({ file }) => formats[file.format].fields).map(fieldsOf))];
  const [records, short] = [sum(({ prepared }) => prepared.recordCount), sum(({ prepared }) => prepared.shortRecords)];
  const empty = sum(({ file }) => file.emptyRecords);
  world.out.note(`datanet ${datanet.id} (${datanet.slug}): ${datanet.title}`);
  world.out.note(`terms   version ${terms.version}, ${toHex(terms.hash)}${terms.uri === "" ? "" : `, ${terms.uri}`}`);
  world.out.note(
    `files   ${plans.length}, ${records} records, ${sum(({ prepared }) => prepared.tokenCount)} words, ${sum(({ prepared }) => prepared.fpCount)} fingerprints`,
  );
  for (const names of fields) world.out.note(`text of ${names}`);
  world.out.note(`bond    ${coins(bond, world)}, returned unless a curator rejects`);
  world.out.note(`deposit ${coins(deposit, world)}, locked until withdrawal and as long as proofs last after it`);
  if (empty > 0) world.out.warn(`${empty} records have no text: they are left out`);
  if (short > 0) {
    world.out.warn(
      `${short} of ${records} records are shorter than a window (${WINDOW_WORDS}): they are never matched`,
    );
  }
  world.out.warn("every validator keeps the fingerprints: in effect they publish the text for good");
}

/** Text that others recorded earlier belongs to them: answers that use it pay them, or wait. */
export function warnOfEarlier(known: readonly Known[], world: World): void {
  const files = known.filter(({ earlier }) => earlier > 0).length;
  if (files === 0) return;
  const [earlier, asked] = [
    known.reduce((sum, one) => sum + one.earlier, 0),
    known.reduce((sum, one) => sum + one.asked, 0),
  ];
  world.out.warn(
    `others recorded ${earlier} of ${asked} fingerprints that were looked up before you, in ${files} files: --dry-run says in which`,
  );
}

function fieldsOf({ file }: PlannedFile): string {
  return file.fields.length === 0 ? `${file.format} without fields` : `the fields ${namesOf(file.fields)}`;
}

/** A row for each file: what a dry run answers. @param known what the chain has of each file */
export function quote(
  plans: readonly PlannedFile[],
  deposits: readonly bigint[],
  known: readonly Known[],
  world: World,
): void {
  const rows = plans.map(({ file, prepared, chunks }, i) => ({
    file: file.path,
    media_type: file.mediaType,
    format: file.format,
    fields: file.fields,
    bytes: prepared.contentBytes,
    records: prepared.recordCount,
    empty_records: file.emptyRecords,
    short_records: prepared.shortRecords,
    tokens: prepared.tokenCount,
    windows: prepared.windowCount,
    fingerprints: prepared.fpCount,
    repeated: prepared.windowCount - prepared.fpCount,
    common: known[i]!.common,
    asked: known[i]!.asked,
    earlier: known[i]!.earlier,
    transactions: chunks.length,
    deposit: deposits[i]!,
    content_root: prepared.contentRoot,
  }));
  const number = (title: string, pick: (row: (typeof rows)[number]) => bigint | number) => ({
    title,
    cell: (row: (typeof rows)[number]) => pick(row).toString(),
    right: true,
  });
  world.out.rows(rows, [
    { title: "FILE", cell: (row) => row.file },
    { title: "FORMAT", cell: (row) => row.format },
    number("RECORDS", (row) => row.records),
    number("SHORT", (row) => row.short_records),
    number("WORDS", (row) => row.tokens),
    number("WINDOWS", (row) => row.windows),
    number("REPEATED", (row) => row.repeated),
    number("COMMON", (row) => row.common),
    { title: "EARLIER", cell: (row) => (row.asked === 0 ? "-" : `${row.earlier} of ${row.asked}`), right: true },
    number("TXS", (row) => row.transactions),
    { title: "DEPOSIT", cell: (row) => coins(row.deposit, world), right: true },
  ]);
}
