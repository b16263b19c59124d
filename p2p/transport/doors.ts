import { BoundedMap } from "#proto/bounded.js";
import type { MessageStream, MultiaddrConnection } from "@libp2p/interface";
import type { Clock } from "../deps.js";
import { hostOf } from "../peers/host-of.js";
import { createTokenBucket, type TokenBucket } from "../peers/limits.js";
import { handshakeQueue } from "./handshake-queue.js";

/** Connections without a link that are kept waiting, of everybody and of each host that the operator has named. */
export const UNFINISHED_MAX = 256;
/** One costs milliseconds: of one host so many a second, and as many at once as a test net of one machine needs. */
const HANDSHAKES = { perSecond: 20, burst: 200 } as const;
const HOSTS_MAX = 1_000;

/** Connections that arrived and are no link yet: silent sockets, handshakes under way, peers that say nothing. */
export interface Doors {
  /** When too many wait, the oldest gives way. */
  knock(connection: MultiaddrConnection): void;
  /** Waits for the turn of this connection, which has knocked. False: its host asks for too many handshakes. */
  mayIntroduce(connection: MessageStream): Promise<boolean>;
  /** Noise is done: it goes after those that have not shown a key, which costs them nothing. */
  introduced(address: string): void;
  /** The connection belongs to a link now. @param address its remote address, with or without the peer's id */
  entered(address: string): void;
  readonly unfinished: number;
}

interface Knock {
  readonly host: string;
  introduced: boolean;
  readonly connection: MultiaddrConnection;
}

/**
 * A newcomer is never refused because of the silence of others: the oldest unfinished connection of the host that has
 * most of them goes instead. Hosts of persistent peers are counted apart.
 */
export function doors(clock: Pick<Clock, "monotonicMs" | "after">, named: readonly string[]): Doors {
  const namedHosts = new Set(named.map(hostOf));
  const waiting = new Map<string, Knock>(); // In the order of their arrival.
  const hosts = new WeakMap<MessageStream, string>();
  const handshakes = new BoundedMap<string, TokenBucket>(HOSTS_MAX);
  const queue = handshakeQueue(clock);
  const keyOf = (address: string): string => address.replace(/\/p2p\/.*$/, "");

  /** One walk over at most UNFINISHED_MAX entries of each group. */
  function makeRoom(host: string): void {
    const all = [...waiting.values()].filter((each) =>
      namedHosts.has(host) ? each.host === host : !namedHosts.has(each.host),
    );
    if (all.length < UNFINISHED_MAX) return;
    const silent = all.filter(({ introduced }) => !introduced);
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
    knock(connection) {
      const address = connection.remoteAddr.toString();
      const host = hostOf(address);
      makeRoom(host);
      hosts.set(connection, host);
      const key = keyOf(address);
      waiting.set(key, { host, introduced: false, connection });
      connection.addEventListener("close", () => {
        if (waiting.get(key)?.connection === connection) waiting.delete(key);
      });
    },
    async mayIntroduce(connection) {
      const host = hosts.get(connection);
      if (host === undefined) return true; // We have dialled it.
      if (!namedHosts.has(host) && !takeHandshake(host)) return false;
      await queue.turn(host, () => connection.status === "open");
      return true;
    },
    introduced(address) {
      const knock = waiting.get(keyOf(address));
      if (knock !== undefined) knock.introduced = true;
    },
    entered: (address) => void waiting.delete(keyOf(address)),
    get unfinished() {
      return waiting.size;
    },
  };
}
