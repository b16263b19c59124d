import type { IncomingMessage } from "node:http";
import { performance } from "node:perf_hooks";
import { WebSocketServer, type RawData, type WebSocket } from "ws";
import { rpcError } from "#proto/rpc/errors.js";
import type { Turns } from "../runtime/turns.js";
import { refuseUpgrade, type WebServer } from "../runtime/web-server.js";
import type { RpcDeps } from "./deps.js";
import { isPlain, type Dispatcher } from "./dispatch.js";
import { clientOf, type Caller } from "./door.js";
import type { EventHub } from "./events/hub.js";
import { errorText, parseBody, successParts, type RpcCall, type RpcItem } from "./jsonrpc.js";
import type { RpcLimits } from "./limits.js";
import { subscriptionsOf, type Subscriptions } from "./events/subscriptions.js";
import { ownBytes, partBytes, type Parts } from "./shared-text.js";
import { Unsent } from "./unsent.js";

export interface SocketWorld {
  readonly deps: RpcDeps;
  readonly dispatch: Dispatcher;
  readonly hub: EventHub;
  readonly limits: RpcLimits;
  readonly turns: Turns;
}

/** An open socket, with the facts that decide which socket makes room for a new one. */
interface Guest {
  readonly socket: WebSocket;
  readonly client: string;
  readonly subscriptions: Subscriptions;
}

const PATH = "/websocket";

/** Serves /websocket of an HTTP server: every method, and events by subscription. */
export function serveSockets(web: WebServer, world: SocketWorld): { close(): void } {
  const { deps, limits } = world;
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: Math.min(limits.socketMessageBytesMax, limits.bodyBytesMax),
    perMessageDeflate: false,
  });
  /** In the order in which they came. */
  const guests = new Set<Guest>();
  const unsent = new Unsent<WebSocket>(limits.answerBytesMax, (socket) => {
    deps.metrics.slowClientDropped();
    socket.terminate();
  });

  function admit(socket: WebSocket, request: IncomingMessage): void {
    const caller = { client: clientOf(request.socket.remoteAddress) };
    const subscriptions = serveSocket(socket, caller, world, unsent);
    const guest = { socket, client: caller.client, subscriptions };
    guests.add(guest);
    deps.metrics.sockets(guests.size);
    socket.on("close", () => {
      guests.delete(guest);
      deps.metrics.sockets(guests.size);
    });
  }

  web.server.on("upgrade", (request, socket, head) => {
    if ((request.url ?? "").split("?")[0] !== PATH) return refuseUpgrade(socket, "404 Not Found");
    if (guests.size >= limits.socketsMax) {
      const leaving = whoLeaves(guests);
      if (leaving === undefined) return refuseUpgrade(socket, "503 Service Unavailable");
      deps.metrics.dropped("socket_made_room");
      guests.delete(leaving);
      leaving.socket.terminate();
    }
    // The idle timeout of requests would cut a quiet subscriber; pings take its place.
    request.socket.setTimeout(0);
    web.connections.begin(request.socket);
    server.handleUpgrade(request, socket, head, (opened) => admit(opened, request));
  });
  return {
    close() {
      for (const { socket } of guests) socket.terminate();
      server.close();
    },
  };
}

/** Of the address with the most sockets the first that subscribes to nothing, or the first. */
function whoLeaves(guests: ReadonlySet<Guest>): Guest | undefined {
  const byClient = new Map<string, Guest[]>();
  for (const guest of guests) byClient.set(guest.client, [...(byClient.get(guest.client) ?? []), guest]);
  let most: readonly Guest[] = [];
  for (const those of byClient.values()) if (those.length > most.length) most = those;
  return most.find(({ subscriptions }) => subscriptions.size === 0) ?? most[0];
}

function serveSocket(socket: WebSocket, caller: Caller, world: SocketWorld, unsent: Unsent<WebSocket>): Subscriptions {
  const { deps, hub, limits } = world;
  let running = 0;
  let alive = true;
  const send = (parts: Parts): void => {
    if (socket.bufferedAmount > limits.socketBacklogBytesMax) {
      deps.metrics.slowClientDropped();
      return socket.terminate();
    }
    if (socket.readyState !== socket.OPEN) return;
    const bytes = ownBytes(parts);
    unsent.add(socket, bytes, performance.now());
    for (const [i, part] of parts.entries()) {
      const fin = i === parts.length - 1;
      socket.send(partBytes(part), { fin, binary: false }, () => (fin ? unsent.taken(socket, bytes) : undefined));
    }
  };
  const subscriptions = subscriptionsOf(hub, limits.subscriptionsPerSocketMax, send);
  const ping = setInterval(() => {
    if (!alive) return socket.terminate();
    alive = false;
    socket.ping();
  }, limits.socketPingMs);
  socket.on("pong", () => (alive = true));
  socket.on("error", (error) => deps.log.debug("socket failed", { error: error.message }));
  socket.on("close", () => {
    clearInterval(ping);
    unsent.forget(socket);
    subscriptions.end();
  });
  socket.on("message", (message, binary) => {
    alive = true;
    if (binary) return socket.close(1003, "send text");
    running++;
    // A burst is not refused but read later: the caller's own socket fills up.
    if (running >= limits.requestsPerConnectionMax) socket.pause();
    answer(world, subscriptions, { text: textOf(message), caller }, send)
      .finally(() => {
        running--;
        if (socket.isPaused) socket.resume();
      })
      .catch((error: unknown) => {
        deps.log.error("socket call failed", { error: String(error) });
        socket.terminate();
      });
  });
  return subscriptions;
}

const textOf = (message: RawData): string =>
  (Array.isArray(message) ? Buffer.concat(message) : Buffer.from(message as ArrayBuffer)).toString("utf8");

async function answer(
  world: SocketWorld,
  subscriptions: Subscriptions,
  { text, caller }: { readonly text: string; readonly caller: Caller },
  send: (parts: Parts) => void,
): Promise<void> {
  await world.turns.next();
  const { batch, items } = parseBody(text, world.limits);
  for (const item of items) {
    if (item === undefined) continue;
    const reply = await answerOne(world, subscriptions, item, caller);
    send(batch ? ["[", ...reply, "]"] : reply);
  }
}

async function answerOne(
  { dispatch }: SocketWorld,
  subscriptions: Subscriptions,
  item: Exclude<RpcItem, undefined>,
  caller: Caller,
): Promise<Parts> {
  if ("error" in item) return dispatch.item(item, caller);
  const { id, method, params } = item satisfies RpcCall;
  if (isPlain(method)) return dispatch.item(item, caller);
  const refused = subscriptions.call(method, id, params);
  return refused === undefined ? successParts(id, {}) : [errorText(id, rpcError("internal", refused))];
}
