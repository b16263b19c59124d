import type { Connection, Stream } from "@libp2p/interface";
import { concat, type Bytes } from "#proto/bytes.js";
import { P2pFault, type PeerId } from "../../host.js";
import type { RequestProtocol } from "../../protocols/protocol.js";
import { chunksOf } from "../chunks.js";
import { createFramer, frameBytes } from "../framer.js";
import type { Context } from "./context.js";

const REFUSED = Uint8Array.of(0);
export const ANSWERED = Uint8Array.of(1);

/** Reads the one question of a stream that a peer has opened, and answers it. */
export function onQuestionStream(context: Context, row: RequestProtocol, stream: Stream, connection: Connection): void {
  const { clock, listener } = context;
  const peer = connection.remotePeer.toString();
  const frames = createFramer(row.questionBytesMax);
  const deadline = clock.after(row.timeoutMs, () => stream.abort(new P2pFault("timeout", `${row.name}: unfinished`)));
  let asked = false;
  stream.addEventListener("close", () => deadline.cancel());
  stream.addEventListener("message", (event) => {
    const complete = asked ? undefined : frames.push(chunksOf(event));
    if (complete === undefined || complete.length > 1) {
      listener.events?.malformed(peer, `${row.name}: more than one question of ${row.questionBytesMax} bytes`);
      stream.abort(new P2pFault("too_large", row.name));
    } else if (complete.length === 1) {
      asked = true;
      void answer(context, row, stream, peer, complete[0]!);
    }
  });
}

async function answer(
  { log, listener }: Context,
  row: RequestProtocol,
  stream: Stream,
  peer: PeerId,
  question: Bytes,
): Promise<void> {
  const bytes = await listener.events?.question(peer, row.name, question);
  if (stream.status !== "open" || stream.writeStatus !== "writable") return; // The asker gave up.
  stream.send(frameBytes(bytes === undefined ? REFUSED : concat(ANSWERED, bytes)));
  await stream.close().catch((error: unknown) => log.debug("answer not read", { peer, protocol: row.name, error }));
}
