import { present } from "../assert.js";
import type { RequestText } from "../attribution/issue.js";
import type { Messages } from "../codec/message.js";

/** A text of a request as books keep it (exchange.proto). */
export type AskedText = Messages["tributary.attribution.v1.AskedText"];

const KINDS: readonly RequestText["kind"][] = ["own", "answered", "marked"];

/** Texts as a book keeps them. */
export function keptTexts(texts: readonly RequestText[]): AskedText[] {
  return texts.map(({ kind, text, datanet }) => ({ kind: KINDS.indexOf(kind) + 1, datanet: datanet ?? 0n, text }));
}

/** The texts that a book kept: rows of our own, whose kinds we wrote. */
export function requestTexts(texts: readonly AskedText[]): RequestText[] {
  return texts.map(({ kind, text, datanet }) => ({
    kind: present(KINDS[kind - 1], "a kept text has a kind"),
    text,
    datanet: datanet === 0n ? undefined : datanet,
  }));
}
