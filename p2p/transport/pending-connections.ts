import { BoundedMap } from "#proto/bounded.js";
import type { MessageStream, MultiaddrConnection } from "@libp2p/interface";
import type { Clock } from "../deps.js";
import { hostOf } from "../peers/host-of.js";
import { createTokenBucket, type TokenBucket } from "../peers/limits.js";
import { createHandshakeQueue, PACE_MS, type HandshakeQueue } from "./handshake-queue.js";

/** Connections without a link that are kept waiting, of everybody and of each host that the operator has named. */
export const PENDING_MAX = 256;
/** A handshake costs milliseconds: a limit for one host and second, and at once as many as a test net on one machine needs. */
const HANDSHAKES = { perSecond: 20, burst: 200 } as const;
const HOSTS_MAX = 1_000;

/** Connections that arrived and are no link yet: silent sockets, handshakes under way, peers that say nothing. */
export interface PendingConnections {
  /** A connection that has arrived. When too many wait, the oldest is closed. Resolves when this one may negotiate. */
  add(connection: MultiaddrConnection): Promise<void>;
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
 * The connection that a newcomer of `host` displaces: a newcomer is never refused because of the silence of others, so it is the oldest
 * unfinished connection of the host that has most of them. Hosts of persistent peers are counted apart. One walk over at
 * most PENDING_MAX entries of each group.
 */
function displacedBy(host: string, waiting: Iterable<Pending>, namedHosts: ReadonlySet<string>): Pending | undefined {
  const all = [...waiting].filter((each) => (namedHosts.has(host) ? each.host === host : !namedHosts.has(each.host)));
  if (all.length < PENDING_MAX) return undefined;
  const silent = all.filter(({ authenticated }) => !authenticated);
  const group = silent.length > 0 ? silent : all;
  const counts = new Map<string, number>();
  for (const each of group) counts.set(each.host, (counts.get(each.host) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return group.find((each) => counts.get(each.host) === most);
}

/** Waits for the turn of a connection. What it sends meanwhile stays with it: the library would keep 4 MB of each. */
async function waitIn(queue: HandshakeQueue, host: string, connection: MessageStream): Promise<void> {
  connection.pause();
  await queue.turn(host, () => connection.status === "open");
  if (connection.status === "open") connection.resume();
}

/** How many handshakes a host may begin. @returns whether this one is within its rate */
function createHandshakeRates(clock: Pick<Clock, "monotonicMs">): (host: string) => boolean {
  const rates = new BoundedMap<string, TokenBucket>(HOSTS_MAX);
  return (host) => {
    const bucket = rates.get(host) ?? createTokenBucket(clock, HANDSHAKES);
    rates.set(host, bucket);
    return bucket.take(1);
  };
}

const keyOf = (address: string): string => address.replace(/\/p2p\/.*$/, "");

/** @param named addresses of persistent peers */
export function createPendingConnections(
  clock: Pick<Clock, "monotonicMs" | "after">,
  named: readonly string[],
): PendingConnections {
  const namedHosts = new Set(named.map(hostOf));
  const waiting = new Map<string, Pending>(); // In the order of their arrival.
  const hosts = new WeakMap<MessageStream, string>();
  const mayBegin = createHandshakeRates(clock);
  const negotiations = createHandshakeQueue(clock, PACE_MS.negotiation);
  const handshaking = createHandshakeQueue(clock, PACE_MS.handshake);

  function end({ connection }: Pending, reason: string): void {
    waiting.delete(keyOf(connection.remoteAddr.toString()));
    setImmediate(() => connection.abort(new Error(reason)));
  }

  return {
    add(connection) {
      const address = connection.remoteAddr.toString();
      const host = hostOf(address);
      const displaced = displacedBy(host, waiting.values(), namedHosts);
      if (displaced !== undefined) end(displaced, "it did not finish its handshake, and others wait");
      hosts.set(connection, host);
      const key = keyOf(address);
      waiting.set(key, { host, authenticated: false, connection });
      connection.addEventListener("close", () => {
        if (waiting.get(key)?.connection === connection) waiting.delete(key);
      });
      return waitIn(negotiations, host, connection);
    },
    async mayHandshake(connection) {
      const host = hosts.get(connection);
      if (host === undefined) return true; // We have dialled it.
      if (!namedHosts.has(host) && !mayBegin(host)) return false;
      await waitIn(handshaking, host, connection);
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
