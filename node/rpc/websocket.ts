import type { Server } from "node:http";
import { WebSocketServer, type RawData, type WebSocket } from "ws";
import { rpcError } from "#proto/rpc/errors.js";
import type { RpcDeps } from "./deps.js";
import { isPlain, type Dispatcher } from "./dispatch.js";
import type { EventHub } from "./events/hub.js";
import { errorText, parseBody, successText, type RpcCall, type RpcItem } from "./jsonrpc.js";
import type { RpcLimits } from "./limits.js";
import { subscriptionsOf, type Subscriptions } from "./events/subscriptions.js";

export interface SocketWorld {
  readonly deps: RpcDeps;
  readonly dispatch: Dispatcher;
  readonly hub: EventHub;
  readonly limits: RpcLimits;
}

const PATH = "/websocket";

/** Serves /websocket of an HTTP server: every method, and events by subscription. */
export function serveSockets(server: Server, world: SocketWorld): { close(): void } {
  const { deps, limits } = world;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: limits.bodyBytesMax, perMessageDeflate: false });
  server.on("upgrade", (request, socket, head) => {
    const path = (request.url ?? "").split("?")[0];
    const refusal =
      path !== PATH
        ? "404 Not Found"
        : sockets.clients.size >= limits.socketsMax
          ? "503 Service Unavailable"
          : undefined;
    if (refusal !== undefined) {
      socket.end(`HTTP/1.1 ${refusal}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    // The idle timeout of requests would cut a quiet subscriber; pings take its place.
    request.socket.setTimeout(0);
    sockets.handleUpgrade(request, socket, head, (opened) =>
      serveSocket(opened, world, () => deps.metrics.sockets(sockets.clients.size)),
    );
  });
  return {
    close() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
    },
  };
}

function serveSocket(socket: WebSocket, world: SocketWorld, counted: () => void): void {
  const { deps, hub, limits } = world;
  let running = 0;
  let alive = true;
  const send = (text: string): void => {
    if (socket.bufferedAmount > limits.socketBacklogBytesMax) {
      deps.metrics.slowClientDropped();
      socket.terminate();
    } else if (socket.readyState === socket.OPEN) socket.send(text);
  };
  const subscriptions = subscriptionsOf(hub, limits.subscriptionsPerSocketMax, send);
  const ping = setInterval(() => {
    if (!alive) return socket.terminate();
    alive = false;
    socket.ping();
  }, limits.socketPingMs);
  counted();
  socket.on("pong", () => (alive = true));
  socket.on("error", (error) => deps.log.debug("socket failed", { error: error.message }));
  socket.on("close", () => {
    clearInterval(ping);
    subscriptions.end();
    counted();
  });
  socket.on("message", (message, binary) => {
    alive = true;
    if (binary) return socket.close(1003, "send text");
    running++;
    // A burst is not refused but read later: the caller's own socket fills up.
    if (running >= limits.requestsPerConnectionMax) socket.pause();
    answer(world, subscriptions, textOf(message), send)
      .finally(() => {
        running--;
        if (socket.isPaused) socket.resume();
      })
      .catch((error: unknown) => {
        deps.log.error("socket call failed", { error: String(error) });
        socket.terminate();
      });
  });
}

const textOf = (message: RawData): string =>
  (Array.isArray(message) ? Buffer.concat(message) : Buffer.from(message as ArrayBuffer)).toString("utf8");

async function answer(
  world: SocketWorld,
  subscriptions: Subscriptions,
  text: string,
  send: (text: string) => void,
): Promise<void> {
  const { batch, items } = parseBody(text, world.limits.batchMax);
  for (const item of items) {
    if (item === undefined) continue;
    const reply = await answerOne(world, subscriptions, item);
    send(batch ? `[${reply}]` : reply);
  }
}

async function answerOne(
  { dispatch }: SocketWorld,
  subscriptions: Subscriptions,
  item: Exclude<RpcItem, undefined>,
): Promise<string> {
  if ("error" in item) return errorText(item.id, item.error);
  const { id, method, params } = item satisfies RpcCall;
  if (!isPlain(method)) {
    const refused = subscriptions.call(method, id, params);
    return refused === undefined ? successText(id, {}) : errorText(id, rpcError("internal", refused));
  }
  const outcome = await dispatch.call(method, params);
  return "error" in outcome ? errorText(id, outcome.error) : successText(id, outcome.result);
}
