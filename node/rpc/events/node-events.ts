import { toBase64 } from "#proto/base64.js";
import { toHex } from "#proto/bytes.js";
import { newEvidenceJson, voteJson } from "#proto/rpc/evidence-json.js";
import { eventJson, headerJson, txHash, txResultJson, upperHex, validatorUpdateJson } from "#proto/rpc/json.js";
import type { MatchableEvent } from "#proto/rpc/query-match.js";
import type { Vote } from "#proto/types/vote.js";
import type { BlockResults } from "#proto/types/block.js";
import type { ChainPort, NodeEvent } from "../deps.js";
import { blockResult } from "../handlers/blocks.js";
import { headerOf } from "../handlers/heights.js";

/** One thing that a subscriber may want: what queries see, and what is sent. */
export interface PublishedEvent {
  readonly tags: readonly MatchableEvent[];
  /** `data` of the message, already JSON text: it is the same for all subscribers. */
  readonly data: () => string;
}

const tag = (type: string, key: string, value: string): MatchableEvent => ({ type, attributes: [{ key, value }] });
const data = (type: string, value: object): string => JSON.stringify({ type: `tendermint/event/${type}`, value });

/** CometBFT's events of one occurrence in the node, in its order: a block's own before its transactions'. */
export async function published(chain: ChainPort, event: NodeEvent): Promise<readonly PublishedEvent[]> {
  if (event.kind === "vote") return [voteEvent(event.vote)];
  if (event.kind === "round_step") {
    const { height, round, step } = event;
    const value = { height: String(height), round, step };
    return [{ tags: [tag("tm", "event", "NewRoundStep")], data: () => data("RoundState", value) }];
  }
  return blockEvents(chain, event.height);
}

async function blockEvents(chain: ChainPort, height: bigint): Promise<readonly PublishedEvent[]> {
  const [stored, results] = [await chain.block(height), await chain.results(height)];
  if (stored === undefined || results === undefined) return []; // Pruned before a slow listener came to it.
  const block = await blockResult(chain, stored);
  const blockTags = (name: string): MatchableEvent[] => [
    tag("tm", "event", name),
    tag("block", "height", String(height)),
    ...results.blockEvents,
  ];
  const events = results.blockEvents.map(eventJson);
  const updates = results.validatorUpdates.map(validatorUpdateJson);
  const finalized = { events, tx_results: results.txResults.map(txResultJson), validator_updates: updates };
  const of = (name: string, value: object): PublishedEvent => ({
    tags: blockTags(name),
    data: () => data(name, value),
  });
  return [
    of("NewBlock", { ...block, result_finalize_block: finalized }),
    of("NewBlockHeader", { header: headerJson(headerOf(stored)) }),
    of("NewBlockEvents", { height: String(height), events, num_txs: String(stored.block.txs.length) }),
    ...stored.block.evidence.map((piece) => of("NewEvidence", newEvidenceJson(piece))),
    ...stored.block.txs.map((tx, index) => txEvent(tx, height, index, results)),
    ...(updates.length === 0 ? [] : [of("ValidatorSetUpdates", { validator_updates: updates })]),
  ];
}

function txEvent(tx: Uint8Array, height: bigint, index: number, results: BlockResults): PublishedEvent {
  const result = results.txResults[index]!;
  return {
    tags: [tag("tm", "event", "Tx"), ...txTags(tx, height), ...result.events],
    data: () =>
      data("Tx", { TxResult: { height: String(height), index, tx: toBase64(tx), result: txResultJson(result) } }),
  };
}

/** The tags that every transaction has. Hashes are hex, and people write it in both cases. */
function txTags(tx: Uint8Array, height: bigint): MatchableEvent[] {
  const hash = txHash(tx);
  return [tag("tx", "hash", upperHex(hash)), tag("tx", "hash", toHex(hash)), tag("tx", "height", String(height))];
}

function voteEvent(vote: Vote): PublishedEvent {
  return { tags: [tag("tm", "event", "Vote")], data: () => data("Vote", { Vote: voteJson(vote, 0n) }) };
}

/** The `events` of a message: every value of every tag. */
export function eventsJson(tags: readonly MatchableEvent[]): string {
  const out = new Map<string, string[]>();
  for (const { type, attributes } of tags) {
    for (const { key, value } of attributes) {
      const name = `${type}.${key}`;
      const values = out.get(name);
      if (values === undefined) out.set(name, [value]);
      else values.push(value);
    }
  }
  return JSON.stringify(Object.fromEntries(out));
}
