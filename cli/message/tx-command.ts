import { present } from "#proto/assert.js";
import { fieldsOf } from "#proto/codec/json.js";
import { emptyMessage, type MessageName, type Messages } from "#proto/codec/message.js";
import { ownAny } from "#proto/tx/build.js";
import type { AnyMessage } from "#proto/tx/decode.js";
import type { AnyCommand } from "../command.js";
import type { Option, Options } from "../option.js";
import { txOptions, type TxValues } from "../tx/options.js";
import { runTx } from "../tx/run.js";
import type { World } from "../world.js";
import { split, type FieldKind, type FieldValues } from "./fields.js";

type Typed = Readonly<Record<string, string | readonly string[] | boolean | undefined>>;

export interface MessageCommand<N extends MessageName> {
  readonly path: string;
  readonly message: N;
  readonly summary: string;
  readonly details?: string;
  /** Fields that stand without a flag, in order; all of them are required. */
  readonly args?: { readonly [F in keyof Messages[N]]?: FieldKind };
  readonly flags?: { readonly [F in keyof Messages[N]]?: FieldKind };
  /** Flags that must be given. */
  readonly required?: readonly (keyof Messages[N] & string)[];
  /** The meaning of an omitted flag. */
  readonly defaults?: { readonly [F in keyof Messages[N]]?: string };
  /** Flags that are not fields of the message; `complete` puts them into the message. */
  readonly extra?: Readonly<Record<string, FieldKind>>;
  complete?(message: Messages[N], extra: (name: string) => readonly unknown[], world: World): Messages[N];
  readonly example: readonly string[];
}

/** A command that fills one message from its arguments and flags; the first field is the signer. */
export function messageCommand<N extends MessageName>(record: MessageCommand<N>): AnyCommand {
  const args = (record.args ?? {}) as Readonly<Record<string, FieldKind>>;
  const flags = (record.flags ?? {}) as Readonly<Record<string, FieldKind>>;
  const extra = record.extra ?? {};
  const required: readonly string[] = record.required ?? [];
  const defaults = (record.defaults ?? {}) as Readonly<Record<string, string | undefined>>;
  const options: Record<string, Option<unknown>> = {};
  for (const [name, kind] of Object.entries({ ...flags, ...extra })) {
    const fallback = defaults[name];
    options[name] = {
      ...kind.option,
      ...(fallback === undefined ? {} : { fallback }),
      required: required.includes(name),
    } as Option<unknown>;
  }
  const positional: Options = Object.fromEntries(
    Object.entries(args).map(([name, { option }]) => [name, { ...option, required: true }]),
  );
  const signer = present(fieldsOf(record.message)[0], `${record.message} has a signer`).name;
  return {
    path: record.path,
    summary: record.summary,
    ...(record.details === undefined ? {} : { details: record.details }),
    args: positional,
    options: { ...options, ...txOptions },
    example: record.example,
    async run(values: Typed & TxValues, world: World) {
      return await runTx(values, world, async (address): Promise<AnyMessage[]> => {
        const read = (kinds: Readonly<Record<string, FieldKind>>) => readFields(kinds, values, values, world);
        let message = {
          ...emptyMessage(record.message),
          ...(await read({ ...args, ...flags })),
          [signer]: address,
        } as Messages[N];
        if (record.complete !== undefined) {
          const given = await read(extra);
          const list = (name: string): readonly unknown[] =>
            given[name] === undefined ? [] : Array.isArray(given[name]) ? given[name] : [given[name]];
          message = record.complete(message, list, world);
        }
        return [ownAny(record.message, message)];
      });
    },
  };
}

/** Values of the fields that were typed or have a default; the others are absent. */
export async function readFields(
  kinds: Readonly<Record<string, FieldKind>>,
  typed: Typed,
  values: FieldValues,
  world: World,
): Promise<Record<string, unknown>> {
  const out: Record<string, unknown> = {};
  for (const [name, kind] of Object.entries(kinds)) {
    const text = typed[name];
    if (text === undefined) continue;
    if (typeof text === "boolean") {
      out[name] = text;
      continue;
    }
    const texts = typeof text === "string" ? [text] : text;
    const read = (part: string): unknown => kind.value(part, world, values);
    if (kind.isList !== true) out[name] = await read(texts[0]!);
    else if (texts.length > 0) out[name] = await Promise.all(texts.flatMap(split).map(read));
  }
  return out;
}
