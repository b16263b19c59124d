import { BoundedMap } from "#proto/bounded.js";
import type { MessageStream, MultiaddrConnection } from "@libp2p/interface";
import type { Clock } from "../deps.js";
import { hostOf } from "../peers/host-of.js";
import { createTokenBucket, type TokenBucket } from "../peers/limits.js";
import { createHandshakeQueue } from "./handshake-queue.js";

/** Connections without a link that are kept waiting, of everybody and of each host that the operator has named. */
export const PENDING_MAX = 256;
/** One costs milliseconds: of one host so many a second, and as many at once as a test net of one machine needs. */
const HANDSHAKES = { perSecond: 20, burst: 200 } as const;
const HOSTS_MAX = 1_000;

/** Connections that arrived and are no link yet: silent sockets, handshakes under way, peers that say nothing. */
export interface PendingConnections {
  /** A connection that has arrived. When too many wait, the oldest is closed. */
  add(connection: MultiaddrConnection): void;
  /** Waits for the turn of this connection, which was added. False: its host asks for too many handshakes. */
  mayHandshake(connection: MessageStream): Promise<boolean>;
  /** Noise is done: it goes after those that have not shown a key, which costs them nothing. */
  authenticated(address: string): void;
  /** The connection belongs to a link now. @param address its remote address, with or without the peer's id */
  established(address: string): void;
  readonly size: number;
}

interface Pending {
  readonly host: string;
  authenticated: boolean;
  readonly connection: MultiaddrConnection;
}

/**
 * A newcomer is never refused because of the silence of others: the oldest unfinished connection of the host that has
 * most of them goes instead. Hosts of persistent peers are counted apart.
 */
export function createPendingConnections(
  clock: Pick<Clock, "monotonicMs" | "after">,
  named: readonly string[],
): PendingConnections {
  const namedHosts = new Set(named.map(hostOf));
  const waiting = new Map<string, Pending>(); // In the order of their arrival.
  const hosts = new WeakMap<MessageStream, string>();
  const handshakes = new BoundedMap<string, TokenBucket>(HOSTS_MAX);
  const queue = createHandshakeQueue(clock);
  const keyOf = (address: string): string => address.replace(/\/p2p\/.*$/, "");

  /** One walk over at most PENDING_MAX entries of each group. */
  function evictOldest(host: string): void {
    const all = [...waiting.values()].filter((each) =>
      namedHosts.has(host) ? each.host === host : !namedHosts.has(each.host),
    );
    if (all.length < PENDING_MAX) return;
    const silent = all.filter(({ authenticated }) => !authenticated);
    const group = silent.length > 0 ? silent : all;
    const counts = new Map<string, number>();
    for (const each of group) counts.set(each.host, (counts.get(each.host) ?? 0) + 1);
    const most = Math.max(...counts.values());
    const oldest = group.find((each) => counts.get(each.host) === most)!;
    end(oldest.connection, "it did not finish its handshake, and others wait");
  }

  function takeHandshake(host: string): boolean {
    const bucket = handshakes.get(host) ?? createTokenBucket(clock, HANDSHAKES);
    handshakes.set(host, bucket);
    return bucket.take(1);
  }

  function end(connection: MultiaddrConnection, reason: string): void {
    waiting.delete(keyOf(connection.remoteAddr.toString()));
    setImmediate(() => connection.abort(new Error(reason)));
  }

  return {
    add(connection) {
      const address = connection.remoteAddr.toString();
      const host = hostOf(address);
      evictOldest(host);
      hosts.set(connection, host);
      const key = keyOf(address);
      waiting.set(key, { host, authenticated: false, connection });
      connection.addEventListener("close", () => {
        if (waiting.get(key)?.connection === connection) waiting.delete(key);
      });
    },
    async mayHandshake(connection) {
      const host = hosts.get(connection);
      if (host === undefined) return true; // We have dialled it.
      if (!namedHosts.has(host) && !takeHandshake(host)) return false;
      await queue.turn(host, () => connection.status === "open");
      return true;
    },
    authenticated(address) {
      const pending = waiting.get(keyOf(address));
      if (pending !== undefined) pending.authenticated = true;
    },
    established: (address) => void waiting.delete(keyOf(address)),
    get size() {
      return waiting.size;
    },
  };
}
