import { setImmediate as nextTurn } from "node:timers/promises";
import { matches } from "#proto/rpc/query-match.js";
import type { EventQuery } from "#proto/rpc/query-grammar.js";
import type { NodeEvent, RpcDeps } from "../deps.js";
import { SharedText, type Parts } from "../shared-text.js";
import { consensusEvent, eventsJson, published, type PublishedEvent, type Wanted } from "./node-events.js";

export interface Subscription {
  readonly query: EventQuery;
  /** @param result the JSON text of the message's `result`; most of it is the same for all subscribers */
  readonly deliver: (result: Parts) => void;
}

/** Carries the node's events to subscribers in order. A block is read and projected once, and of it what somebody may want. */
export interface EventHub {
  add(subscription: Subscription): void;
  remove(subscription: Subscription): void;
  close(): void;
}

export function eventHub(
  { chain, events, log }: Pick<RpcDeps, "chain" | "events" | "log">,
  waitingMax: number,
): EventHub {
  const subscriptions = new Set<Subscription>();
  let last = Promise.resolve();
  let waiting = 0;

  async function carry(event: NodeEvent): Promise<void> {
    if (subscriptions.size === 0) return;
    for (const item of await published(chain, event, wantedBy([...subscriptions]))) {
      deliver(item);
      await nextTurn(); // Between two of a large block's events consensus has its turn.
    }
  }

  function deliver({ tags, data }: PublishedEvent): void {
    let text: SharedText | undefined;
    for (const { query, deliver: send } of subscriptions) {
      if (!matches(query, tags)) continue;
      text ??= new SharedText(`"data":${data()},"events":${eventsJson(tags)}}`);
      send([`{"query":${JSON.stringify(query.text)},`, text]);
    }
  }

  const isWanted = ({ tags }: PublishedEvent): boolean => [...subscriptions].some(({ query }) => matches(query, tags));

  const take = (event: NodeEvent): void => {
    // There are many votes: those without a subscriber do not delay a block.
    if (event.kind !== "committed" && !isWanted(consensusEvent(event))) return;
    if (waiting >= waitingMax) return void log.warn("subscribers missed an event: too many wait", { kind: event.kind });
    waiting++;
    last = last
      .then(() => carry(event))
      .catch((error: unknown) => {
        log.error("subscribers missed an event", { kind: event.kind, error: String(error) });
      })
      .finally(() => waiting--);
  };

  let stop: (() => void) | undefined;
  /** The node makes no events without listeners. */
  function follow(): void {
    if (subscriptions.size > 0) stop ??= events.listen(take);
    else {
      stop?.();
      stop = undefined;
    }
  }

  return {
    add(subscription) {
      subscriptions.add(subscription);
      follow();
    },
    remove(subscription) {
      subscriptions.delete(subscription);
      follow();
    },
    close() {
      subscriptions.clear();
      follow();
    },
  };
}

/** By the names that queries ask for; a query without one may want any event. */
function wantedBy(subscriptions: readonly Subscription[]): Wanted {
  const names = subscriptions.map(({ query }) => nameIn(query));
  if (names.includes(undefined)) return () => true;
  return (name) => names.includes(name);
}

/** All conditions of a query hold at once: one name is enough to know the event. */
function nameIn({ conditions }: EventQuery): string | undefined {
  const named = conditions.find(({ type, key, op }) => type === "tm" && key === "event" && op === "=");
  return named?.op === "=" && named.operand.kind === "text" ? named.operand.text : undefined;
}
