import { toHex, type Bytes } from "#proto/bytes.js";
import { message, type Client } from "#proto/client/index.js";
import { problem, problemOf, type Problem } from "#proto/exchange/openai/problem.js";
import { decodeTx } from "#proto/tx/decode.js";
import { isRejection } from "#proto/rejection.js";

/** A consumer's transaction for its channel, which the gateway hands to its node. */
export interface ChannelTx {
  readonly bytes: Bytes;
  readonly kind: "open" | "top_up" | "close";
  /** Address of the consumer. */
  readonly consumer: string;
  /** Undefined for one that opens a channel. */
  readonly channelId: bigint | undefined;
  /** Of a channel that is opened. */
  readonly versionId: bigint | undefined;
}

const TX_BYTES_MAX = 16_384;
const open = message("tributary.usage.v1.MsgOpenChannel");
const topUp = message("tributary.usage.v1.MsgTopUpChannel");
const close = message("tributary.usage.v1.MsgCloseChannel");

/** Reads a transaction of exactly one message about a channel. @param kinds that the route takes */
export function readChannelTx(
  bytes: Bytes,
  kinds: readonly ChannelTx["kind"][],
  provider: string,
): ChannelTx | Problem {
  const tx = decodeTx(bytes, TX_BYTES_MAX);
  if (isRejection(tx)) return problemOf(tx);
  const [only] = tx.messages;
  const wrong = (why: string): Problem => problem(400, "wrong_transaction", why, "tx");
  if (only === undefined || tx.messages.length !== 1) return wrong("the transaction must have exactly one message");
  const read = channelTxOf(bytes, only.typeUrl.slice(1), only.value, provider);
  if (typeof read === "string") return wrong(read);
  return kinds.includes(read.kind) ? read : wrong(`this route takes ${kinds.join(" and ")}, not ${read.kind}`);
}

function channelTxOf(bytes: Bytes, name: string, value: Bytes, provider: string): ChannelTx | string {
  if (name === open.name) {
    const opened = open.decode(value);
    if (isRejection(opened)) return "its message is not canonical";
    if (opened.provider !== provider) return `it opens a channel to ${opened.provider}, not to ${provider}`;
    return { bytes, kind: "open", consumer: opened.consumer, channelId: undefined, versionId: opened.versionId };
  }
  if (name === topUp.name) {
    const topped = topUp.decode(value);
    if (isRejection(topped)) return "its message is not canonical";
    return { bytes, kind: "top_up", consumer: topped.consumer, channelId: topped.channelId, versionId: undefined };
  }
  if (name !== close.name) return `${name} is not a message about a channel`;
  const closed = close.decode(value);
  if (isRejection(closed)) return "its message is not canonical";
  return { bytes, kind: "close", consumer: closed.signer, channelId: closed.channelId, versionId: undefined };
}

const POLL_MS = 250;

/** Hands a transaction to the node and waits until it is in a block. @returns undefined once it has succeeded there */
export async function broadcast(
  node: Client,
  { bytes }: ChannelTx,
  world: { now(): number; sleep(milliseconds: number): Promise<void> },
  waitMs: number,
): Promise<Problem | undefined> {
  const refusal = (what: string, codespace: string, code: number, log: string): Problem =>
    problem(402, "transaction_refused", `the chain ${what}: ${log} (${codespace} ${code})`, "tx");
  const sent = await node.broadcastTxSync(bytes);
  if (sent.code !== 0 && !isKnown(sent)) return refusal("refused it", sent.codespace, sent.code, sent.log);
  const end = world.now() + waitMs;
  while (world.now() < end) {
    const found = await node.tx(sent.hash);
    if (found !== undefined) {
      const { code, codespace, log } = found.result;
      return code === 0 ? undefined : refusal("ran it and it failed", codespace, code, log);
    }
    await world.sleep(POLL_MS);
  }
  return problem(
    504,
    "transaction_pending",
    `${toHex(sent.hash)} is in no block yet: send it again to wait for it`,
    "tx",
  );
}

/** Sent before: it is in the mempool. */
function isKnown({ codespace, code }: { readonly codespace: string; readonly code: number }): boolean {
  return codespace === "sdk" && code === 19;
}
