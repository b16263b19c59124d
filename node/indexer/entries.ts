import { u32be, utf8, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import type { BlockResults, ChainEvent } from "#proto/types/block.js";
import type { Write } from "#state/store/base.js";
import { countKey, position, postingKey, txKey, txValue, type Postings } from "./keys.js";

/** Everything that one height puts into the index: a function of the committed block alone, so any rebuild agrees. */
export function* entriesOf(height: bigint, txs: readonly Bytes[], results: BlockResults): Generator<Write> {
  if (txs.length > 0) yield [countKey(height), u32be(txs.length)];
  for (const [index, tx] of txs.entries()) {
    yield [txKey(sha256(tx)), txValue(height, index)];
    yield* postings("tx", height, index, results.txResults[index]?.events ?? []);
  }
  yield* postings("block", height, 0, results.blockEvents);
}

function* postings(kind: Postings, height: bigint, index: number, events: readonly ChainEvent[]): Generator<Write> {
  for (const [event, { type, attributes }] of events.entries()) {
    for (const { key, value } of attributes) {
      yield [postingKey(kind, `${type}.${key}`, value, position(height, index, event)), utf8(value)];
    }
  }
}
