import { MsgMultiSend, MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { concat, type Bytes } from "#proto/bytes.js";
import { message, type MessageName } from "#proto/codec/message.js";
import { enums, schema, type Field } from "#proto/codec/fields.js";
import type { AnyMessage } from "#proto/tx/decode.js";
import { SIGN_MODE_AMINO, SIGN_MODE_DIRECT, textOf, txOf, type Envelope, type Party } from "#test/fixtures/parties.js";
import { TX_BYTES_MAX, type Arena } from "./arena.js";
import { Genes, type Genome } from "./search.js";

/** Below the bound, with room for signatures and signer infos. */
const BODY_BYTES = TX_BYTES_MAX - 6_000;
const PAID: Envelope = { fee: 250_000n, gas: 100_000_000n };

/** Texts by what JSON and UTF-8 make of them. */
const FILLERS = ["a", "<", "\u0001", '"', "\\", "é", "\u2028", "𝄞", "A1"] as const;

const text = (genes: Genes, bytes: number): string => {
  const filler = genes.of(FILLERS);
  const size = new TextEncoder().encode(filler).length;
  return filler.repeat(Math.floor(bytes / size));
};

export interface Parties {
  readonly singles: readonly Party[];
  readonly multisigs: readonly Party[];
}

/** What a shape is made from: who may sign, and whether they really do. */
export interface Craft {
  readonly arena: Arena;
  readonly parties: Parties;
  readonly signed: NonNullable<Envelope["signed"]>;
  /** Messages that a market takes, by name. */
  readonly valid: Readonly<Record<string, ValidShape>>;
}

/** @param share of what fits, from 0 to 1 */
export type ValidShape = (share: number) => { readonly messages: readonly AnyMessage[]; readonly signer: Party };

type Shape = (genes: Genes, craft: Craft) => Bytes;

const mode = (genes: Genes): number => genes.of([SIGN_MODE_DIRECT, SIGN_MODE_AMINO]);

const send = (from: string, coins: { denom: string; amount: string }[]): AnyMessage => ({
  typeUrl: MsgSend.typeUrl,
  value: MsgSend.encode({ fromAddress: from, toAddress: from, amount: coins }).finish(),
});

/** Payments by several parties, each with a share of coins whose names are long, many, or both. */
const payments: Shape = (genes, { arena, parties, signed }) => {
  const count = genes.whole(1, 16);
  const coinsEach = genes.whole(1, Math.floor(2_600 / count));
  const denomBytes = Math.max(1, Math.floor((BODY_BYTES / count - 100) / coinsEach) - 12);
  const chosen = parties.singles.slice(0, count).map((party) => ({ ...arena.standing(party), mode: mode(genes) }));
  const denom = text(genes, genes.share() < 0.5 ? denomBytes : Math.min(denomBytes, 20));
  const messages = chosen.map((party) =>
    send(
      textOf(party),
      Array.from({ length: coinsEach }, () => ({ denom, amount: "1" })),
    ),
  );
  return txOf(messages, chosen, { ...PAID, signed });
};

/** One payer, very many receivers, coins in each. */
const multiSend: Shape = (genes, { arena, parties, signed }) => {
  const payer = { ...arena.standing(parties.singles[0]!), mode: mode(genes) };
  const outputs = genes.whole(1, 2_000);
  const inputs = genes.whole(1, 3);
  const coins = [{ denom: text(genes, genes.whole(1, 40)), amount: "1" }];
  const address = genes.share() < 0.5 ? textOf(payer) : "";
  const value = MsgMultiSend.encode({
    inputs: Array.from({ length: inputs }, () => ({ address: textOf(payer), coins })),
    outputs: Array.from({ length: outputs }, () => ({ address, coins })),
  }).finish();
  return txOf([{ typeUrl: MsgMultiSend.typeUrl, value }], [payer], { ...PAID, signed });
};

/** Thresholds of keys, alone or beside others, marked in part or whole. */
const thresholds: Shape = (genes, { arena, parties, signed }) => {
  const party = arena.standing(genes.of(parties.multisigs));
  const marked = party.people.map((_, i) => i).slice(0, genes.whole(party.threshold, party.people.length));
  const others = parties.singles.slice(0, genes.whole(0, 17 - party.people.length));
  const chosen = [{ ...party, marked, mode: mode(genes) }, ...others.map((other) => arena.standing(other))];
  const bytes = genes.whole(10, BODY_BYTES / chosen.length - 200);
  const messages = chosen.map((one) => send(textOf(one), [{ denom: text(genes, bytes), amount: "1" }]));
  return txOf(messages, chosen, { ...PAID, signed });
};

const OWN = (Object.keys(schema) as MessageName[]).filter(
  (name) => /\.Msg[A-Z]/.test(name) && !name.endsWith("Response") && schema[name][0]?.type === "string",
);

/** Any message of our own, one field of it stuffed with as much as fits. */
const own: Shape = (genes, { arena, parties, signed }) => {
  const name = genes.of(OWN);
  const payer = { ...arena.standing(parties.singles[0]!), mode: mode(genes) };
  const count = genes.whole(1, genes.of([1, 4, 64]));
  const bytes = Math.floor(BODY_BYTES / count) - 120;
  const stuffed = genes.whole(1, schema[name].length - 1);
  const value = filled(name, genes, bytes, stuffed);
  const encoded = message(name).encode({ ...value, [schema[name][0]!.name]: textOf(payer) } as never);
  return txOf(
    Array.from({ length: count }, () => ({ typeUrl: `/${name}`, value: encoded })),
    [payer],
    { ...PAID, signed },
  );
};

/** A value of a message; the field at `stuffed` gets nearly all bytes. */
function filled(name: MessageName, genes: Genes, bytes: number, stuffed: number): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [i, field] of schema[name].entries()) {
    const room = i === stuffed ? bytes : 8;
    out[field.name] = field.repeated ? list(field, genes, i === stuffed ? bytes : 0) : item(field, genes, room);
  }
  return out;
}

function list(field: Field, genes: Genes, bytes: number): unknown[] {
  if (bytes === 0) return [];
  const count = genes.whole(1, genes.of([16, 400, 1_600]));
  const room = Math.max(0, Math.floor(bytes / count) - 6);
  const one = item(field, genes, room);
  return Array.from({ length: count }, () => one);
}

type Maker = (field: Field, genes: Genes, bytes: number) => unknown;

const whole: Maker = ({ type }, genes) => (/64/.test(type) ? BigInt(genes.whole(0, 3)) : genes.whole(0, 3));
const makers: Readonly<Partial<Record<Field["type"], Maker>>> = {
  message(field, genes, bytes) {
    const name = field.ref as MessageName;
    return filled(name, genes, Math.max(0, bytes - 40), genes.whole(0, schema[name].length - 1));
  },
  string: (_field, genes, bytes) => text(genes, Math.min(bytes, BODY_BYTES)),
  bytes: (_field, genes, bytes) => new Uint8Array(Math.max(0, bytes)).fill(genes.whole(0, 255)),
  bool: (_field, genes) => genes.share() < 0.5,
  enum: ({ ref }) => Object.values(enums[ref ?? ""] ?? {})[0] ?? 0,
};

const item: Maker = (field, genes, bytes) => (makers[field.type] ?? whole)(field, genes, bytes);

const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)]);
const field = (number: number, bytes: Bytes): Bytes =>
  concat(Uint8Array.from([...varint((number << 3) | 2), ...varint(bytes.length)]), bytes);

/** What no encoder makes: one field again and again in one place, each holding the next. */
const wire: Shape = (genes) => {
  const repeated = (number: number, each: number, bytes: number): Bytes => {
    const one = field(number, new Uint8Array(each).fill(genes.whole(0, 255)));
    return concat(...Array.from({ length: Math.floor(bytes / one.length) }, () => one));
  };
  const bytes = genes.whole(1_000, TX_BYTES_MAX - 200);
  const deep = (number: number): Bytes => {
    let inner: Bytes = new Uint8Array(0);
    for (let i = genes.whole(1, 2_000); i > 0 && inner.length < bytes; i--) inner = field(number, field(2, inner));
    return inner;
  };
  const each = genes.of([0, 0, 1, 2, 8, 60]);
  const places: readonly (() => [body: Bytes, auth: Bytes, signature: Bytes])[] = [
    () => [repeated(1, each, bytes), new Uint8Array(0), new Uint8Array(0)],
    () => [repeated(2, each, bytes), new Uint8Array(0), new Uint8Array(0)],
    () => [field(1, new Uint8Array(0)), repeated(1, each, bytes), new Uint8Array(0)],
    () => [field(1, new Uint8Array(0)), field(2, repeated(1, each, bytes)), new Uint8Array(0)],
    () => [field(1, new Uint8Array(0)), field(1, field(1, field(2, repeated(2, each, bytes)))), new Uint8Array(0)],
    () => [field(1, new Uint8Array(0)), field(1, field(2, field(2, repeated(2, each, bytes)))), new Uint8Array(0)],
    () => [field(1, new Uint8Array(0)), field(1, field(2, deep(2))), new Uint8Array(0)],
    () => [field(1, new Uint8Array(0)), new Uint8Array(0), repeated(3, each, bytes)],
    () => [
      field(1, concat(field(1, new TextEncoder().encode(MsgSend.typeUrl)), field(2, repeated(3, each, bytes - 100)))),
      field(2, Uint8Array.of(0x10, 0x80, 0xc2, 0xd7, 0x2f)),
      new Uint8Array(0),
    ],
  ];
  const [body, auth, signatures] = genes.of(places)();
  return concat(field(1, body), field(2, auth), signatures);
};

/** Whatever is text in an envelope, as long as fits. */
const envelope: Shape = (genes, { arena, parties, signed }) => {
  const payer = { ...arena.standing(parties.singles[0]!), mode: mode(genes) };
  const long = text(genes, genes.whole(1, BODY_BYTES));
  const typeUrl = genes.of([MsgSend.typeUrl, `/tributary.${long}`, `/cosmos.gov.${long}`, long]);
  const from = genes.share() < 0.5 ? textOf(payer) : long;
  return txOf([{ ...send(from, []), typeUrl }], [payer], { ...PAID, memo: genes.share() < 0.5 ? "" : long, signed });
};

/** What a market takes, as much of it as fits. */
const market: Shape = (genes, { arena, valid, signed }) => {
  const { messages, signer } = valid[genes.of(Object.keys(valid))]!(genes.share());
  return txOf(messages, [{ ...arena.standing(signer), mode: mode(genes) }], { ...PAID, signed });
};

const table: Readonly<Record<string, Shape>> = { payments, multiSend, thresholds, own, wire, envelope, market };
export const shapeNames: readonly string[] = Object.keys(table);

/** Undefined when what came out is larger than a transaction may be. */
export function craft(shape: string, genome: Genome, craft: Craft): Bytes | undefined {
  const bytes = table[shape]!(new Genes(genome), craft);
  return bytes.length <= TX_BYTES_MAX ? bytes : undefined;
}
