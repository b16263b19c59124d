import { fieldsOf, toJson } from "#proto/codec/json.js";
import { emptyMessage, message, type MessageName, type Messages } from "#proto/codec/message.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import { connect, nodeOptions, queryBytes, type NodeValues } from "../client.js";
import type { Client } from "#proto/client/index.js";
import type { AnyCommand } from "../command.js";
import { EXIT } from "../exit.js";
import { CliFault, usage } from "../fault.js";
import { keyringOptions, type KeyringValues } from "../keyring/open.js";
import { opt, section, withDefault, type Option, type Options } from "../option.js";
import { toCsv } from "#proto/client/words/csv.js";
import type { Column } from "../output/table.js";
import type { World } from "../world.js";
import { fromBase64 } from "#proto/base64.js";
import { readFields } from "./tx-command.js";
import type { FieldKind } from "./fields.js";
import { readable } from "./values.js";

export interface QueryCommand<Q extends MessageName, A extends MessageName> {
  readonly path: string;
  /** The query's path on the chain: "/tributary.datanet.v1.Query/Datanet". */
  readonly query: string;
  readonly request: Q;
  readonly response: A;
  readonly summary: string;
  readonly args?: { readonly [F in keyof Messages[Q]]?: FieldKind };
  readonly flags?: { readonly [F in keyof Messages[Q]]?: FieldKind };
  /** A list among the answer's fields: printed as a table, its ids with -q. Scalar values become the id. */
  readonly list?: {
    readonly field: keyof Messages[A] & string;
    readonly columns: readonly Column<Record<string, unknown>>[];
    readonly id: string;
  };
  /** Text for people in place of the table. */
  readonly people?: (answer: Messages[A], asked: Asked, world: World) => Promise<string>;
  readonly example: readonly string[];
}

/** Where an answer came from: what it names is read there too, at the same height. */
export interface Asked {
  readonly node: Client;
  readonly at: { readonly height?: bigint };
  /** False for the further pages of a list. */
  readonly isFirstPage: boolean;
}

const pageOptions = section("Page", {
  limit: withDefault(opt.integer("Rows on a page.", 1, 1000), 100),
  offset: opt.u64("Rows to skip."),
  pageKey: opt.of("The next_key of the previous page.", "base64", (text) => {
    const key = fromBase64(text);
    if (key === undefined) throw usage("not base64");
    return key;
  }),
  reverse: opt.flag("List the last row first."),
  countTotal: opt.flag("Count all rows."),
});

interface PageValues {
  readonly limit: number;
  readonly offset: bigint | undefined;
  readonly pageKey: Uint8Array | undefined;
  readonly reverse: boolean;
  readonly countTotal: boolean;
}

/** A command that asks one query of a module and prints the answer. */
export function queryCommand<Q extends MessageName, A extends MessageName>(record: QueryCommand<Q, A>): AnyCommand {
  const args = (record.args ?? {}) as Readonly<Record<string, FieldKind>>;
  const flags = (record.flags ?? {}) as Readonly<Record<string, FieldKind>>;
  const isPaged = fieldsOf(record.request).some((field) => field.name === "pagination");
  const positional: Record<string, Option<unknown>> = {};
  for (const [name, { option }] of Object.entries(args)) {
    positional[name] = { ...option, required: true } as Option<unknown>;
  }
  const own: Options = Object.fromEntries(Object.entries(flags).map(([name, { option }]) => [name, option]));
  return {
    path: record.path,
    summary: record.summary,
    args: positional,
    options: {
      ...own,
      height: opt.u64("Height of the state to read (default: the latest)."),
      ...(record.list === undefined ? {} : { csv: opt.flag("Print the rows as CSV, amounts in base units.") }),
      ...(isPaged ? pageOptions : {}),
      ...keyringOptions,
      ...nodeOptions,
    },
    example: record.example,
    async run(
      values: Readonly<Record<string, string>> &
        NodeValues &
        KeyringValues &
        PageValues & { readonly height: bigint | undefined; readonly csv?: boolean },
      world: World,
    ) {
      const request = {
        ...emptyMessage(record.request),
        ...(await readFields({ ...args, ...flags }, values, values, world)),
        ...(isPaged ? { pagination: pageRequest(values) } : {}),
      } as Messages[Q];
      const node = connect(values, world);
      const bytes = await queryBytes(node, record.query, message(record.request).encode(request), values.height);
      const answer = message(record.response).decode(bytes);
      if (isRejection(answer)) {
        throw new CliFault("bad_answer", `the node's answer is not a ${record.response}: ${rejectionText(answer)}`, {
          exit: EXIT.unreachable,
          fix: "check that node and tribd have the same version",
        });
      }
      const asked: Asked = {
        node,
        at: values.height === undefined ? {} : { height: values.height },
        isFirstPage: values.pageKey === undefined,
      };
      await print(record, answer, asked, values.csv === true, world);
    },
  };
}

const inSmallLetters = (column: Column<Record<string, unknown>>): Column<Record<string, unknown>> => ({
  ...column,
  title: column.title.toLowerCase(),
});

function pageRequest({ limit, offset, pageKey, reverse, countTotal }: PageValues) {
  return { key: pageKey ?? new Uint8Array(0), offset: offset ?? 0n, limit: BigInt(limit), reverse, countTotal };
}

async function print<Q extends MessageName, A extends MessageName>(
  record: QueryCommand<Q, A>,
  answer: Messages[A],
  asked: Asked,
  csv: boolean,
  world: World,
): Promise<void> {
  const shown = readable(record.response, answer);
  const { list } = record;
  if (world.out.format === "json") world.out.data(toJson(record.response, answer));
  else if (list === undefined) world.out.data(shown);
  else {
    const rows = (shown[snake(list.field)] as readonly unknown[]).map((row) => asRow(row, list.id));
    if (csv) world.system.stdout.write(toCsv(rows, list.columns.map(inSmallLetters)));
    else if (world.out.quiet) for (const row of rows) world.out.line(String(row[list.id]));
    else if (record.people !== undefined) world.out.line(await record.people(answer, asked, world));
    else world.out.rows(rows, list.columns);
    const page = shown["pagination"] as { next_key?: Uint8Array; total?: bigint } | null | undefined;
    if (page?.next_key !== undefined && page.next_key.length > 0) {
      world.out.note(`more: --page-key ${Buffer.from(page.next_key).toString("base64")}`);
    }
  }
}

function asRow(row: unknown, id: string): Record<string, unknown> {
  return typeof row === "object" && !(row instanceof Uint8Array) ? (row as Record<string, unknown>) : { [id]: row };
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Columns of a table by the answer's own field names. */
export function columns(
  ...names: readonly (readonly [title: string, field: string] | readonly [title: string, field: string, "right"])[]
): readonly Column<Record<string, unknown>>[] {
  return names.map(([title, name, side]) => ({
    title,
    cell: (row) => cell(row[name]),
    ...(side === undefined ? {} : { right: true }),
  }));
}

function cell(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  return value === undefined || value === null ? "" : String(value);
}
