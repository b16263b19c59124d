import type { ExitCode } from "../exit.js";
import { CliFault } from "../fault.js";

/** Advice for the refusals that every chain of this kind has (cosmos-sdk/types/errors). */
const ADVICE: Readonly<Record<number, string>> = {
  4: "the signature is wrong: check --chain-id, and that the message names this key",
  5: "the balance is too low: tribd query bank balances <key>",
  9: "the account does not exist yet: it must receive coins first",
  11: "it ran out of gas: --gas auto simulates, --gas-adjustment 1.6 gives more gas",
  12: "the note is too long: at most 256 bytes",
  13: "the fee is too low for this node: --gas-prices or --fees offers more",
  19: "it is already in the mempool: tribd query wait-tx <hash>",
  20: "the mempool is full: try again, or offer more with --gas-prices",
  21: "the transaction is too large: send it in parts",
  30: "its --timeout-height has passed",
  32: "another transaction of this key is pending: wait for its block",
};

export function adviceFor(codespace: string, code: number): string | undefined {
  return codespace === "sdk" ? ADVICE[code] : undefined;
}

/** The sequence that the node expected, out of the log that all Cosmos nodes write for code 32. */
export function expectedSequence(log: string): bigint | undefined {
  const match = /expected ([0-9]{1,19})/.exec(log);
  return match === null ? undefined : BigInt(match[1]!);
}

/** Whether another transaction of the key came first. */
export const isWrongSequence = ({ codespace, code }: Pick<Refusal, "codespace" | "code">): boolean =>
  codespace === "sdk" && code === WRONG_SEQUENCE;
const WRONG_SEQUENCE = 32;

/** The chain's answer to a refused transaction. */
interface Refusal {
  readonly codespace: string;
  readonly code: number;
  readonly log: string;
}

/** The chain refused a transaction, with what a person can do about it. */
export class Refused extends CliFault {
  readonly refusal: Refusal;

  /** @param what "the node refused the transaction": how far it came */
  constructor(code: string, exit: ExitCode, what: string, { codespace, code: number, log }: Refusal) {
    const fix = adviceFor(codespace, number);
    super(code, `${what}: ${log} (${codespace} ${number})`, { exit, ...(fix === undefined ? {} : { fix }) });
    this.refusal = { codespace, code: number, log };
  }

  is(codespace: string, code: number): boolean {
    return this.refusal.codespace === codespace && this.refusal.code === code;
  }
}
