import type { Connection, Stream } from "@libp2p/interface";
import type { Bytes } from "#proto/bytes.js";
import { P2pFault, type PeerId } from "../../host.js";
import { protocolRow } from "../../protocols/table.js";
import { chunksOf } from "../chunks.js";
import { createFramer, frameBytes } from "../framer.js";
import { ANSWERED } from "./answering.js";
import { connectionsOf, idOf, type Context } from "./context.js";

/** Asks a peer one question. @throws P2pFault gone, refused, timeout, too_large */
export async function request(
  context: Context,
  peer: PeerId,
  protocol: string,
  question: Bytes,
  timeoutMs: number,
): Promise<Bytes> {
  const { answerBytesMax } = protocolRow(context.table, protocol, "request");
  const [connection] = connectionsOf(context, peer);
  if (connection === undefined) throw new P2pFault("gone", `${peer} is not connected`);
  const controller = new AbortController();
  const timer = context.clock.after(timeoutMs, () =>
    controller.abort(new P2pFault("timeout", `${protocol}: no answer in ${timeoutMs} ms`)),
  );
  try {
    return await ask(connection, idOf(context, protocol), question, answerBytesMax, controller.signal);
  } finally {
    timer.cancel();
  }
}

/** @throws P2pFault gone, refused, timeout, too_large */
async function ask(
  connection: Connection,
  protocol: string,
  question: Bytes,
  answerBytesMax: number,
  signal: AbortSignal,
): Promise<Bytes> {
  const reason = (error: unknown): P2pFault => {
    if (signal.reason instanceof P2pFault) return signal.reason;
    return new P2pFault("gone", `${protocol}: ${(error as Error | undefined)?.message ?? "closed"}`, error);
  };
  let stream: Stream;
  try {
    stream = await connection.newStream(protocol, { signal });
    stream.send(frameBytes(question));
  } catch (error) {
    throw reason(error);
  }
  const frames = createFramer(answerBytesMax + 1);
  const onAbort = (): void => stream.abort(reason(undefined));
  signal.addEventListener("abort", onAbort);
  try {
    const answer = await new Promise<Bytes>((resolve, fail) => {
      stream.addEventListener("close", (event) => fail(reason(event.error)));
      stream.addEventListener("remoteCloseWrite", () => queueMicrotask(() => fail(reason(undefined))));
      stream.addEventListener("message", (event) => {
        const complete = frames.push(chunksOf(event));
        if (complete === undefined) fail(new P2pFault("too_large", `${protocol}: more than ${answerBytesMax} bytes`));
        else if (complete.length > 0) resolve(complete[0]!);
      });
      if (signal.aborted) onAbort();
    });
    stream.close().catch(() => stream.abort(new P2pFault("gone", "its end did not close")));
    if (answer[0] !== ANSWERED[0]) throw new P2pFault("refused", `${protocol}: refused`);
    return answer.subarray(1);
  } catch (error) {
    stream.abort(error as Error);
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
