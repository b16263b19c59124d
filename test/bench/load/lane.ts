import { connect, type Socket } from "node:net";

interface Asked {
  resolve(text: string): void;
  reject(error: Error): void;
}

const HEAD_END = "\r\n\r\n";

/** A server closes a connection that was idle for a few seconds: one of this age is replaced before it is used. */
const IDLE_MS = 2_000;

/** One connection that stays open and carries one JSON-RPC call at a time, at the least cost to the machine that measures. */
export class Lane {
  readonly #host: string;
  readonly #port: number;
  readonly #head: string;
  #socket: Socket;
  #usedMs = performance.now();
  #asked: Asked | undefined;
  #got: Buffer = Buffer.alloc(0);

  constructor(host: string, port: number) {
    this.#head = `POST / HTTP/1.1\r\nHost: ${host}:${port}\r\nContent-Type: application/json\r\nContent-Length: `;
    [this.#host, this.#port] = [host, port];
    this.#socket = this.#connect();
  }

  #connect(): Socket {
    const [host, port] = [this.#host, this.#port];
    const socket = connect({ host, port, noDelay: true });
    const ended = (error: Error): void => {
      if (socket === this.#socket) this.#fail(error);
    };
    socket.on("data", (chunk) => this.#onData(chunk));
    socket.on("error", ended);
    socket.on("close", () => ended(new Error(`${host}:${port} closed the connection`)));
    return socket;
  }

  /** The body of the answer. @throws Error when the connection ends */
  ask(body: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const now = performance.now();
      if (this.#socket.destroyed || now - this.#usedMs > IDLE_MS) {
        this.#socket.destroy();
        this.#socket = this.#connect();
      }
      this.#usedMs = now;
      this.#asked = { resolve, reject };
      this.#socket.write(`${this.#head}${Buffer.byteLength(body)}${HEAD_END}${body}`);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #onData(chunk: Buffer): void {
    this.#got = this.#got.length === 0 ? chunk : Buffer.concat([this.#got, chunk]);
    const end = this.#got.indexOf(HEAD_END);
    if (end < 0) return;
    const length = /content-length: (\d+)/i.exec(this.#got.toString("latin1", 0, end))?.[1];
    if (length === undefined) return this.#fail(new Error("an answer without Content-Length"));
    const from = end + HEAD_END.length;
    if (this.#got.length < from + Number(length)) return;
    const text = this.#got.toString("utf8", from, from + Number(length));
    this.#got = Buffer.alloc(0);
    const asked = this.#asked;
    this.#asked = undefined;
    asked?.resolve(text);
  }

  #fail(error: Error): void {
    this.#socket.destroy();
    const asked = this.#asked;
    this.#asked = undefined;
    asked?.reject(error);
  }
}
