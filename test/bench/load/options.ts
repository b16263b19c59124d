import { optionsOf, refuse } from "#test/fixtures/options.js";
import { fromHex, type Bytes } from "#proto/bytes.js";
import { KINDS, type Kind } from "./kinds.js";

/** A chain that runs already and speaks CometBFT's RPC and the Cosmos SDK's transactions. */
export interface Endpoint {
  /** Of its nodes' RPC, without a slash at the end. */
  readonly urls: readonly string[];
  readonly prefix: string;
  readonly denom: string;
  /** Of an account that pays for the others. */
  readonly funder: Bytes;
  /** Its nodes' processes, when they run on this machine: what they use is measured. */
  readonly pids: readonly number[];
}

export interface LoadOptions {
  /** Undefined: validators of this program are started. */
  readonly endpoint: Endpoint | undefined;
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
  "[--backlog n] [--delay-ms n] [--block-gas n] [--pool n] [--cpu-prof] [--cpu-prof-dir folder] [--json]\n" +
  "   or: npm run bench -- load --transport cometbft --rpc url,url --prefix p --denom d --funder hex [--pids n,n] " +
  "[--rate max|N] [--seconds s] [--accounts n] [--backlog n] [--json]";

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
      transport: { type: "string", default: "tributary" },
      rpc: { type: "string", default: "http://127.0.0.1:26657" },
      prefix: { type: "string", default: "cosmos" },
      denom: { type: "string", default: "stake" },
      funder: { type: "string", default: "" },
      pids: { type: "string", default: "" },
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
  if (values.transport !== "tributary" && values.transport !== "cometbft") {
    refuse(`--transport ${values.transport}: tributary or cometbft`);
  }
  const endpoint = values.transport === "cometbft" ? endpointOf(values) : undefined;
  if (endpoint !== undefined && tx !== "send") refuse(`--tx ${tx}: other chains are sent transfers alone`);
  return {
    endpoint,
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

interface EndpointWords {
  readonly rpc: string;
  readonly prefix: string;
  readonly denom: string;
  readonly funder: string;
  readonly pids: string;
}

const SECRET_KEY_BYTES = 32;

function endpointOf({ rpc, prefix, denom, funder: hex, pids }: EndpointWords): Endpoint {
  const funder = fromHex(hex);
  if (funder?.length !== SECRET_KEY_BYTES) refuse("--funder: the secret key of an account with coins, 64 hex digits");
  if (!/^([0-9]+(,[0-9]+)*)?$/.test(pids)) refuse(`--pids ${pids}: numbers of processes, with commas`);
  return {
    urls: rpc.split(",").map((url) => url.replace(/\/$/, "")),
    ...{ prefix, denom, funder },
    pids: pids === "" ? [] : pids.split(",").map(Number),
  };
}
