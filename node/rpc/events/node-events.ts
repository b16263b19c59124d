import { toBase64 } from "#proto/base64.js";
import { toHex } from "#proto/bytes.js";
import { validatorAddress } from "#proto/crypto/ed25519.js";
import { newEvidenceJson, voteJson } from "#proto/rpc/evidence-json.js";
import {
  blockIdJson,
  eventJson,
  headerJson,
  txHash,
  txResultJson,
  upperHex,
  validatorJson,
  validatorUpdateJson,
} from "#proto/rpc/json.js";
import type { MatchableEvent } from "#proto/rpc/query-match.js";
import type { BlockResults } from "#proto/types/block.js";
import type { RpcChain, NodeEvent } from "../deps.js";
import { blockResult } from "../handlers/blocks.js";
import { headerOf } from "../handlers/heights.js";

/** One thing that a subscriber may want: what queries see, and what is sent. */
export interface PublishedEvent {
  readonly tags: readonly MatchableEvent[];
  /** `data` of the message, already JSON text: it is the same for all subscribers. */
  readonly data: () => string;
}

/** Values of tm.event. A subscription to another one is refused, because it is never sent. */
export const EVENT_NAMES = [
  "CompleteProposal",
  "Lock",
  "NewBlock",
  "NewBlockEvents",
  "NewBlockHeader",
  "NewEvidence",
  "NewRound",
  "NewRoundStep",
  "Polka",
  "Relock",
  "Tx",
  "ValidatorSetUpdates",
  "Vote",
] as const;
export type EventName = (typeof EVENT_NAMES)[number];

/** Whether somebody may want an event of this name: what nobody wants is not read and not made. */
export type Wanted = (name: EventName) => boolean;

const tag = (type: string, key: string, value: string): MatchableEvent => ({ type, attributes: [{ key, value }] });
const data = (type: string, value: object): string => JSON.stringify({ type: `tendermint/event/${type}`, value });

/** CometBFT's events of one occurrence in the node, in its order: a block's own before its transactions'. */
export async function published(chain: RpcChain, event: NodeEvent, wanted: Wanted): Promise<readonly PublishedEvent[]> {
  return event.kind === "committed" ? blockEvents(chain, event.height, wanted) : [consensusEvent(event)];
}

const OF_BLOCKS: readonly EventName[] = [
  "NewBlock",
  "NewBlockHeader",
  "NewBlockEvents",
  "NewEvidence",
  "Tx",
  "ValidatorSetUpdates",
];

async function blockEvents(chain: RpcChain, height: bigint, wanted: Wanted): Promise<readonly PublishedEvent[]> {
  if (!OF_BLOCKS.some(wanted)) return [];
  const [stored, results] = [await chain.block(height), await chain.results(height)];
  if (stored === undefined || results === undefined) return []; // Pruned before a slow listener came to it.
  const block = wanted("NewBlock") ? await blockResult(chain, stored) : undefined;
  const blockTags = (name: EventName): MatchableEvent[] => [
    tag("tm", "event", name),
    tag("block", "height", String(height)),
    ...results.blockEvents,
  ];
  const events = results.blockEvents.map(eventJson);
  const updates = results.validatorUpdates.map(validatorUpdateJson);
  const changed = results.validatorUpdates.map(({ pubKey, power }) =>
    validatorJson({ address: validatorAddress(pubKey), pubKey, power, priority: 0n }),
  );
  const finalized = () => ({ events, tx_results: results.txResults.map(txResultJson), validator_updates: updates });
  const of = (name: EventName, value: () => object): PublishedEvent[] =>
    wanted(name) ? [{ tags: blockTags(name), data: () => data(name, value()) }] : [];
  return [
    ...of("NewBlock", () => ({ ...block, result_finalize_block: finalized() })),
    ...of("NewBlockHeader", () => ({ header: headerJson(headerOf(stored)) })),
    ...of("NewBlockEvents", () => ({ height: String(height), events, num_txs: String(stored.block.txs.length) })),
    ...stored.block.evidence.flatMap((piece) => of("NewEvidence", () => newEvidenceJson(piece))),
    ...(wanted("Tx") ? stored.block.txs.map((tx, index) => txEvent(tx, height, index, results)) : []),
    ...(updates.length === 0 ? [] : of("ValidatorSetUpdates", () => ({ validator_updates: changed }))),
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

type ConsensusEvent = Exclude<NodeEvent, { readonly kind: "committed" }>;

/** CometBFT's name of an event, the name of its data's type, and the data. */
export function consensusEvent(event: ConsensusEvent): PublishedEvent {
  const of = (name: EventName, type: string, value: object): PublishedEvent => ({
    tags: [tag("tm", "event", name)],
    data: () => data(type, value),
  });
  if (event.kind === "vote") return of("Vote", "Vote", { Vote: voteJson(event.vote, 0n) });
  const at = { height: String(event.height), round: event.round, step: event.step };
  if (event.kind === "round") return of(event.name, "RoundState", at);
  if (event.kind === "complete_proposal") {
    const { hash, parts } = blockIdJson(event.blockId);
    return of("CompleteProposal", "CompleteProposal", { ...at, block_id: { hash, parts } });
  }
  const { address, index } = event.proposer;
  return of("NewRound", "NewRound", { ...at, proposer: { address: upperHex(address), index } });
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
