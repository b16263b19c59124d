import fc from "fast-check";
import { enums, schema, type Field } from "#proto/codec/fields.js";

export function allMessages(): string[] {
  return Object.keys(schema);
}

/** Any value that a message's type allows. */
export function arbitraryMessage(name: string): fc.Arbitrary<Record<string, unknown>> {
  const fields = schema[name as keyof typeof schema] as readonly Field[];
  return fc.record(Object.fromEntries(fields.map((field) => [field.name, arbitraryField(field)])), {
    noNullPrototype: true,
  });
}

function arbitraryField(field: Field): fc.Arbitrary<unknown> {
  if (field.type === "message") {
    const inner = arbitraryMessage(field.ref!);
    return field.repeated ? fc.array(inner, { maxLength: 2 }) : fc.option(inner, { nil: undefined });
  }
  const scalar = arbitraryScalar(field);
  return field.repeated ? fc.array(scalar, { maxLength: 3 }) : scalar;
}

function arbitraryScalar(field: Field): fc.Arbitrary<unknown> {
  switch (field.type) {
    case "uint64":
    case "fixed64":
      return fc.oneof(
        fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
        fc.constantFrom(0n, 1n, (1n << 53n) + 1n, (1n << 64n) - 1n),
      );
    case "int64":
    case "sint64":
    case "sfixed64":
      return fc.oneof(fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }), fc.constantFrom(0n, -1n, -(1n << 63n)));
    case "uint32":
    case "fixed32":
      return fc.nat({ max: 0xffffffff });
    case "int32":
    case "sint32":
    case "sfixed32":
      return fc.integer();
    case "bool":
      return fc.boolean();
    case "string":
      return fc.string({ unit: "grapheme" });
    case "bytes":
      return fc.uint8Array({ maxLength: 40 });
    case "enum":
      return fc.constantFrom(...Object.values(enums[field.ref!]!));
    case "message":
      throw new Error("a message is no scalar");
  }
}
