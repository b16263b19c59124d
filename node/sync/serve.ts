import { isRejection, rejectionText } from "#proto/rejection.js";
import type { Bytes } from "#proto/bytes.js";
import { BLOCKS_WINDOW_BYTES, decodeBlocksQuestion, encodeBlocksAnswer, type BlockWindow } from "#proto/wire/blocks.js";
import { penalties } from "#p2p/peers/score.js";
import type { Chain, SyncDeps } from "./deps.js";

/** Answers other nodes' questions for blocks from what this one keeps. */
export function serveBlocks({ host, chain }: Pick<SyncDeps, "host" | "chain">): void {
  host.serve("blocks", (peer, bytes) => {
    const question = decodeBlocksQuestion(bytes);
    if (isRejection(question)) {
      host.penalize(peer, penalties.malformedBytes, `blocks: ${rejectionText(question)}`);
      return Promise.resolve(undefined);
    }
    return Promise.resolve(answer(chain, question));
  });
}

/** Undefined: not kept here (the asker sees a refusal). */
function answer(chain: Chain, question: { from: bigint; count: number; offset: number }): Bytes | undefined {
  const { from, count, offset } = question;
  const blocks: BlockWindow[] = [];
  let left = BLOCKS_WINDOW_BYTES;
  for (let height = from; height < from + BigInt(count) && height <= chain.height(); height++) {
    const decided = chain.blockAt(height);
    if (decided === undefined) break;
    const { block, certificate } = decided;
    const total = block.length;
    if (blocks.length === 0 && (offset > 0 || total > BLOCKS_WINDOW_BYTES)) {
      const window = block.subarray(offset, offset + BLOCKS_WINDOW_BYTES);
      return window.length === 0
        ? undefined
        : encodeBlocksAnswer([{ height, certificate, total, offset, bytes: window }]);
    }
    left -= total + certificate.length;
    if (blocks.length > 0 && left < 0) break;
    blocks.push({ height, certificate, total, offset: 0, bytes: block });
  }
  return blocks.length === 0 ? undefined : encodeBlocksAnswer(blocks);
}
