import { concat, equalBytes } from "#proto/bytes.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import { decodeBlocksAnswer, encodeBlocksQuestion, type BlockWindow } from "#proto/wire/blocks.js";
import { P2pFault, type Host, type PeerId } from "#p2p/host.js";
import type { Clock, DecidedBlock } from "./deps.js";
import type { Pace } from "./pace.js";

/** An answer holds up to 1 MiB of blocks: below 128 kB/s a peer is replaced (S1, hostile inputs 41). */
export const ANSWER_MS_MAX = 10_000;
/** A block whose windows come later than this, or slower than BYTES_PER_MS_LEAST, has not come. */
const BLOCK_MS_LEAST = 15_000;
const BYTES_PER_MS_LEAST = 128;

export type Fetched =
  | { readonly kind: "blocks"; readonly blocks: readonly DecidedBlock[] }
  /** Nothing came: late, gone, or the peer has not what it said. */
  | { readonly kind: "failed"; readonly code: P2pFault["code"] }
  /** The peer answered with what no correct program answers. */
  | { readonly kind: "wrong"; readonly reason: string };

export interface Fetch {
  readonly peer: PeerId;
  readonly from: bigint;
  readonly count: number;
  readonly blockBytesMax: number;
  /** For each answer. */
  readonly timeoutMs: number;
}

/** Asks one peer for consecutive blocks from a height on; a block larger than an answer is fetched window by window. */
export async function fetchBlocks(
  host: Pick<Host, "request">,
  clock: Clock,
  pace: Pace,
  { peer, from, count, blockBytesMax, timeoutMs }: Fetch,
): Promise<Fetched> {
  const ask = async (asked: number, offset: number, forMs: number): Promise<readonly BlockWindow[] | string> => {
    await pace.turn();
    const question = encodeBlocksQuestion({ from, count: asked, offset });
    const windows = decodeBlocksAnswer(await host.request(peer, "blocks", question, forMs), blockBytesMax);
    if (isRejection(windows)) return rejectionText(windows);
    const [first] = windows;
    if (first === undefined) return "an empty answer";
    if (windows.length > asked) return "more blocks than asked for";
    if (first.height !== from || first.offset !== offset) return "an answer to another question";
    return windows;
  };
  const startedMs = clock.monotonicMs();
  try {
    const windows = await ask(count, 0, timeoutMs);
    if (typeof windows === "string") return { kind: "wrong", reason: windows };
    const first = windows[0]!;
    if (first.bytes.length === first.total) {
      return { kind: "blocks", blocks: windows.map(({ bytes, certificate }) => ({ block: bytes, certificate })) };
    }
    const dueMs = startedMs + Math.max(BLOCK_MS_LEAST, first.total / BYTES_PER_MS_LEAST);
    const pieces = [first.bytes];
    for (let at = first.bytes.length; at < first.total; at += pieces.at(-1)!.length) {
      const leftMs = dueMs - clock.monotonicMs();
      if (leftMs <= 0) return { kind: "failed", code: "timeout" };
      const more = await ask(1, at, Math.min(ANSWER_MS_MAX, leftMs));
      if (typeof more === "string") return { kind: "wrong", reason: more };
      const next = more[0]!;
      const same = next.total === first.total && equalBytes(next.certificate, first.certificate);
      if (!same) return { kind: "wrong", reason: "the block changed while it was sent" };
      pieces.push(next.bytes);
    }
    return { kind: "blocks", blocks: [{ block: concat(...pieces), certificate: first.certificate }] };
  } catch (error) {
    if (!(error instanceof P2pFault)) throw error;
    return { kind: "failed", code: error.code };
  }
}
