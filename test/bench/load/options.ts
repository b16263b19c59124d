import { optionsOf, refuse } from "#test/fixtures/options.js";
import { KINDS, type Kind } from "./kinds.js";

export interface LoadOptions {
  readonly validators: number;
  readonly tx: Kind;
  /** Transactions a second; undefined: as many as are taken. */
  readonly rate: number | undefined;
  readonly seconds: number;
  readonly accounts: number;
  /** Transactions of ours that may wait for a block at once. */
  readonly backlog: number;
  /** One way, between any two nodes. */
  readonly delayMs: number;
  /** Gas of a block; undefined: as the chain starts by default. */
  readonly blockGas: bigint | undefined;
  /** Transactions that a node's mempool holds; undefined: its default. */
  readonly pool: number | undefined;
  /** Whether the engine's profiler runs in each thread of the first node. */
  readonly profile: boolean;
  /** Where its profiles stay, for other tools; undefined: nowhere. */
  readonly profileDirectory: string | undefined;
}

const USAGE =
  `npm run bench -- load [--validators n] [--tx ${KINDS.join("|")}] [--rate max|N] [--seconds s] [--accounts n] ` +
  "[--backlog n] [--delay-ms n] [--block-gas n] [--pool n] [--cpu-prof] [--cpu-prof-dir folder] [--json]";

export function loadOptions(): LoadOptions {
  const { values } = optionsOf(USAGE, {
    allowPositionals: true,
    options: {
      validators: { type: "string", default: "4" },
      tx: { type: "string", default: "send" },
      rate: { type: "string", default: "max" },
      seconds: { type: "string", default: "60" },
      accounts: { type: "string", default: "2000" },
      backlog: { type: "string", default: "2500" },
      "delay-ms": { type: "string", default: "0" },
      "block-gas": { type: "string" },
      pool: { type: "string" },
      "cpu-prof": { type: "boolean", default: false },
      "cpu-prof-dir": { type: "string" },
      json: { type: "boolean" },
    },
  });
  const number = (
    name: "validators" | "rate" | "seconds" | "accounts" | "backlog" | "delay-ms" | "block-gas" | "pool",
  ) => {
    const text = values[name] ?? "";
    if (!/^[0-9]{1,12}$/.test(text) || (Number(text) === 0 && name !== "delay-ms")) {
      refuse(`--${name} ${text}: a whole number above 0\nusage: ${USAGE}`);
    }
    return Number(text);
  };
  const tx = KINDS.find((kind) => kind === values.tx);
  if (tx === undefined) refuse(`--tx ${values.tx}: one of ${KINDS.join(", ")}`);
  return {
    validators: number("validators"),
    tx,
    rate: values.rate === "max" ? undefined : number("rate"),
    seconds: number("seconds"),
    accounts: number("accounts"),
    backlog: number("backlog"),
    delayMs: number("delay-ms"),
    blockGas: values["block-gas"] === undefined ? undefined : BigInt(number("block-gas")),
    pool: values.pool === undefined ? undefined : number("pool"),
    profile: values["cpu-prof"] || values["cpu-prof-dir"] !== undefined,
    profileDirectory: values["cpu-prof-dir"],
  };
}
