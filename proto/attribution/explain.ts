import type { Bytes } from "../bytes.js";
import type { Ruling } from "./rule/rule.js";
import { NONE } from "./rule/windows.js";
import { TOKEN_HASH_BYTES } from "./token-hash.js";

/** The contribution that is paid for one token of an answer, or why none is. Contributions are given by id. */
export interface TokenPay {
  /** Undefined if the token is unpaid. */
  readonly payee: bigint | undefined;
  /** Code of the reason why the token is unpaid; 0 if it is paid. */
  readonly reason: number;
  /** The first committer that contests the pay. */
  readonly contester: bigint | undefined;
  /** A run that the answer shares with the context pays it; else windows of the answer do. */
  readonly byRun: boolean;
  /** The first committer of text without an eligible contribution: a use without a licence. */
  readonly unlicensed: bigint | undefined;
}

/** A ruling token by token. */
export function tokenPays({ committers, payee, reason, contester, place, unlicensed }: Ruling): TokenPay[] {
  const idOf = (number: number): bigint | undefined => (number === NONE ? undefined : committers[number]!.contribution);
  return Array.from(payee, (paid, token) => ({
    payee: idOf(paid),
    reason: reason[token]!,
    contester: idOf(contester[token]!),
    byRun: place[token] !== NONE,
    unlicensed: idOf(unlicensed[token]!),
  }));
}

/** Tokens next to each other that are decided alike. */
export interface Stretch extends TokenPay {
  /** First token, and the one behind the last. */
  readonly from: number;
  readonly to: number;
}

/** The tokens of an answer in stretches, as long as they can be. */
export function stretchesOf(tokens: readonly TokenPay[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (const [at, token] of tokens.entries()) {
    const last = stretches.at(-1);
    const isAlike = last !== undefined && KEYS.every((key) => last[key] === token[key]);
    if (isAlike) stretches[stretches.length - 1] = { ...last, to: at + 1 };
    else stretches.push({ ...token, from: at, to: at + 1 });
  }
  return stretches;
}

const KEYS = ["payee", "reason", "contester", "byRun", "unlicensed"] as const;

/** The first token in which two packed lists of hashes differ; undefined if they are equal. */
export function firstOther(a: Bytes, b: Bytes): number | undefined {
  const size = Math.max(a.length, b.length);
  for (let at = 0; at < size; at++) if (a[at] !== b[at]) return Math.floor(at / TOKEN_HASH_BYTES);
  return undefined;
}
