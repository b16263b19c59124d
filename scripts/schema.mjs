// Turns protobufjs' JSON descriptor into our own types (bigint for 64 bits, required fields) and a field table.

const WIDE = new Set(["uint64", "int64", "sint64", "fixed64", "sfixed64"]);
const SCALARS = new Set([...WIDE, "uint32", "int32", "sint32", "fixed32", "sfixed32", "bool", "string", "bytes"]);

const tsScalar = (type) =>
  WIDE.has(type)
    ? "bigint"
    : type === "bool"
      ? "boolean"
      : type === "string"
        ? "string"
        : type === "bytes"
          ? "Uint8Array"
          : "number";

/** Bytes that are compared by functions of their own only (proto/types/block-id.ts). */
const OPAQUE = {
  "tributary.chain.v1.BlockId.hash": "HeaderHash",
  "tributary.chain.v1.PartSetHeader.hash": "PartsRoot",
  "tributary.chain.v1.PastBlock.hash": "HeaderHash",
  "tributary.chain.v1.SnapshotManifest.headerHash": "HeaderHash",
};

/** @param {{nested?: object}} root the output of `pbjs -t json` */
export function emitSchema(root) {
  const messages = new Map();
  const enums = new Map();
  const walk = (node, path) => {
    for (const [name, child] of Object.entries(node.nested ?? {})) {
      const full = path === "" ? name : `${path}.${name}`;
      if (child.fields) messages.set(full, child);
      if (child.values) enums.set(full, child.values);
      walk(child, full);
    }
  };
  walk(root, "");

  const resolve = (scope, type) => {
    for (let parts = scope.split("."); ; parts = parts.slice(0, -1)) {
      const full = [...parts, type].join(".");
      if (messages.has(full) || enums.has(full)) return full;
      if (parts.length === 0) throw new Error(`${scope}: unknown type ${type}`);
    }
  };

  const types = [
    "// Generated from proto/schema by scripts/build.mjs.",
    `import type { ${[...new Set(Object.values(OPAQUE))].join(", ")} } from "../types/block-id.js";`,
    "",
    "export interface Messages {",
  ];
  const table = [];
  for (const [full, message] of [...messages].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (message.oneofs) throw new Error(`${full}: oneof and optional are not used in our schemas`);
    types.push(`  "${full}": {`);
    const rows = [];
    const fields = Object.entries(message.fields).sort(([, a], [, b]) => a.id - b.id);
    for (const [name, field] of fields) {
      if (field.keyType) throw new Error(`${full}.${name}: maps are not canonical`);
      const repeated = field.rule === "repeated";
      const snake = name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);
      const row = { name, json: snake, id: field.id, type: field.type, repeated };
      let ts;
      if (SCALARS.has(field.type)) ts = OPAQUE[`${full}.${name}`] ?? tsScalar(field.type);
      else {
        row.ref = resolve(full, field.type);
        row.type = enums.has(row.ref) ? "enum" : "message";
        ts = row.type === "enum" ? "number" : `Messages["${row.ref}"]`;
      }
      const optional = row.type === "message" && !repeated;
      types.push(`    ${name}: ${repeated ? `${ts}[]` : optional ? `${ts} | undefined` : ts};`);
      rows.push(row);
    }
    types.push("  };");
    table.push(`  "${full}": ${JSON.stringify(rows)},`);
  }
  types.push("}", "");
  for (const [full, values] of enums) {
    const name = full.split(".").pop();
    types.push(`export const ${name} = ${JSON.stringify(values)} as const;`, "");
  }
  const schema = [
    "// Generated from proto/schema by scripts/build.mjs.",
    'import type { Messages } from "./types.js";',
    "",
    "export type FieldType =",
    `  | ${[...SCALARS].map((s) => `"${s}"`).join(" | ")} | "enum" | "message";`,
    "export interface Field {",
    "  readonly name: string;",
    "  readonly json: string;",
    "  readonly id: number;",
    "  readonly type: FieldType;",
    "  readonly repeated: boolean;",
    "  readonly ref?: string;",
    "}",
    "",
    "export const schema: { readonly [N in keyof Messages]: readonly Field[] } = {",
    ...table,
    "};",
    "",
    "export const enums: { readonly [name: string]: { readonly [value: string]: number } } = " +
      `${JSON.stringify(Object.fromEntries(enums))};`,
    "",
  ];
  return { types: types.join("\n"), schema: schema.join("\n") };
}
