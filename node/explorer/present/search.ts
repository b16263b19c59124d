import { fromBech32 } from "#proto/crypto/address.js";
import { idOf, type PageName } from "./route.js";

/** One thing that a text may mean. */
export interface Guess {
  readonly page: PageName;
  readonly parts: readonly string[];
}

const NUMBERED: readonly PageName[] = ["block", "contribution", "datanet", "model", "version", "batch"];
/** What people write before a number. */
const WORDS: Readonly<Record<string, PageName>> = {
  height: "block",
  tx: "transaction",
  payout: "batch",
  statement: "contributor",
  owner: "contributor",
  voucher: "batch",
};
const HASH = /^(?:0x)?([0-9a-f]{64})$/i;
const RECEIPT = /^receipt\s+(\d+)[\s/]+(\d+)[\s/]+(\d+)$/i;
const SLUG = /^[a-z0-9][a-z0-9-]{2,63}$/;

/** What a text that somebody pasted may mean, the likeliest first: each still has to be looked up. @param prefix of addresses */
export function guesses(typed: string, prefix: string): readonly Guess[] {
  const text = typed.trim();
  const receipt = RECEIPT.exec(text);
  if (receipt !== null) return [{ page: "receipt", parts: receipt.slice(1) }];
  const [word = "", rest, more] = text.toLowerCase().split(/[\s#/]+/);
  const named = Object.hasOwn(WORDS, word) ? WORDS[word]! : NUMBERED.find((page) => page === word);
  if (named !== undefined && rest !== undefined && more === undefined) {
    return guesses(rest, prefix).filter(({ page }) => page === named);
  }
  const plain = text.replace(/[,_](?=\d)/g, "").replace(/^#/, "");
  if (idOf(plain) !== undefined) return NUMBERED.map((page) => ({ page, parts: [plain] }));
  const hash = HASH.exec(text)?.[1];
  if (hash !== undefined) {
    const parts = [hash.toUpperCase()];
    return [
      { page: "transaction", parts },
      { page: "block", parts },
    ];
  }
  if (/^[0-9a-f]{40}$/i.test(text)) return [{ page: "validator", parts: [text.toUpperCase()] }];
  const addresses = addressed(text.toLowerCase(), prefix);
  return addresses.length > 0 ? addresses : slugs(text);
}

function addressed(text: string, prefix: string): Guess[] {
  if (!text.startsWith(`${prefix}1`)) {
    const isOperator = fromBech32(`${prefix}valoper`, text) !== undefined;
    const isKey = fromBech32(`${prefix}valcons`, text) !== undefined;
    return isOperator || isKey ? [{ page: "validator", parts: [text] }] : [];
  }
  if (fromBech32(prefix, text) === undefined) return [];
  return (["contributor", "account", "provider"] as const).map((page) => ({ page, parts: [text] }));
}

/** Datanets and models have unique slugs. */
function slugs(text: string): Guess[] {
  if (!SLUG.test(text)) return [];
  return (["datanet", "model"] as const).map((page) => ({ page, parts: [text] }));
}
