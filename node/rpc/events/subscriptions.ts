import { isRejection, rejectionText } from "#proto/rejection.js";
import { parseQuery, type Condition } from "#proto/rpc/query-grammar.js";
import type { ParamsOf, SocketMethod } from "#proto/rpc/routes.js";
import { EVENT_NAMES } from "./node-events.js";
import type { RpcId } from "../jsonrpc.js";
import type { Parts } from "../shared-text.js";
import type { EventHub, Subscription } from "./hub.js";

/** The subscriptions of one socket, by the text of their query. */
export interface Subscriptions {
  readonly size: number;
  /** Carries a call out; what comes back is the reason why not. */
  call(method: SocketMethod, id: RpcId, params: Readonly<Record<string, unknown>>): string | undefined;
  end(): void;
}

/** A condition that no event will ever satisfy. */
function isUnsent(condition: Condition): boolean {
  if (condition.type !== "tm" || condition.key !== "event" || condition.op !== "=") return false;
  return condition.operand.kind !== "text" || !(EVENT_NAMES as readonly string[]).includes(condition.operand.text);
}

type SocketHandlers = { readonly [M in SocketMethod]: (params: ParamsOf<M>, id: RpcId) => string | undefined };

export function subscriptionsOf(hub: EventHub, max: number, send: (event: Parts) => void): Subscriptions {
  const open = new Map<string, Subscription>();
  const handlers: SocketHandlers = {
    subscribe({ query: text }, id) {
      if (open.has(text)) return "already subscribed to this query";
      if (open.size >= max) return `max_subscriptions_per_client ${max} reached`;
      const query = parseQuery(text);
      if (isRejection(query)) return `failed to parse query: ${rejectionText(query)}`;
      const unsent = query.conditions.find(isUnsent);
      if (unsent !== undefined) return `no such tm.event: this node sends ${EVENT_NAMES.join(", ")}`;
      // Events carry the id of the subscription's call: that is how clients tell them apart.
      const prefix = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":`;
      const subscription = { query, deliver: (result: Parts) => send([prefix, ...result, "}"]) };
      open.set(text, subscription);
      hub.add(subscription);
      return undefined;
    },
    unsubscribe({ query }) {
      const subscription = open.get(query);
      if (subscription === undefined) return "subscription not found";
      open.delete(query);
      hub.remove(subscription);
      return undefined;
    },
    unsubscribe_all() {
      if (open.size === 0) return "subscription not found";
      end();
      return undefined;
    },
  };
  function end(): void {
    for (const subscription of open.values()) hub.remove(subscription);
    open.clear();
  }
  return {
    get size() {
      return open.size;
    },
    call: (method, id, params) => handlers[method](params as never, id),
    end,
  };
}
