import { request, type Agent } from "node:http";
import { connect, type Socket } from "node:net";

export interface Answer {
  readonly status: number;
  readonly text: string;
}

const ANSWER_MS_MAX = 10_000;

/** One request. Undefined: no answer. */
export function ask(
  port: number,
  path: string,
  body?: string,
  { agent, timeoutMs = ANSWER_MS_MAX }: { agent?: Agent; timeoutMs?: number } = {},
): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const asked = request(
      {
        ...{ host: "127.0.0.1", port, path, timeout: timeoutMs, method: body === undefined ? "GET" : "POST" },
        ...(agent === undefined ? {} : { agent }),
        ...(body === undefined ? {} : { headers: { "content-length": Buffer.byteLength(body) } }),
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
        response.on("error", () => resolve(undefined));
      },
    );
    asked.on("timeout", () => asked.destroy());
    asked.on("error", () => resolve(undefined));
    asked.end(body);
  });
}

export const rpcCall = (method: string, params: object): string =>
  JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });

/** A socket whose errors end it and nothing else. */
export function socketTo(port: number): Socket {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  socket.on("error", () => socket.destroy());
  return socket;
}

/** Opens sockets in small groups: a listener's queue of the system holds some hundreds. */
export async function openSockets(port: number, count: number): Promise<Socket[]> {
  const all: Socket[] = [];
  while (all.length < count) {
    const group = Array.from({ length: Math.min(32, count - all.length) }, () => socketTo(port));
    await Promise.all(
      group.map((socket) => new Promise((resolve) => socket.once("connect", resolve).once("close", resolve))),
    );
    all.push(...group);
  }
  return all;
}

/** Keeps `lanes` of the same work under way until the signal; each lane is told its number. */
export async function lanes(
  count: number,
  signal: AbortSignal,
  work: (lane: number) => Promise<unknown>,
): Promise<void> {
  const lane = async (number: number): Promise<void> => {
    while (!signal.aborted) await work(number);
  };
  await Promise.all(Array.from({ length: count }, (_, number) => lane(number)));
}

/** Whether an honest client gets an answer now. */
export async function isServed(port: number): Promise<boolean> {
  return (await ask(port, "/status", undefined, { timeoutMs: 5_000 }))?.status === 200;
}
