import { connect, type Socket } from "node:net";

interface Asked {
  resolve(text: string): void;
  reject(error: Error): void;
}

const HEAD_END = "\r\n\r\n";

/** One connection that stays open and carries one JSON-RPC call at a time, at the least cost to the machine that measures. */
export class Lane {
  readonly #socket: Socket;
  readonly #head: string;
  #asked: Asked | undefined;
  #got: Buffer = Buffer.alloc(0);

  constructor(host: string, port: number) {
    this.#head = `POST / HTTP/1.1\r\nHost: ${host}:${port}\r\nContent-Type: application/json\r\nContent-Length: `;
    this.#socket = connect({ host, port, noDelay: true });
    this.#socket.on("data", (chunk) => this.#onData(chunk));
    this.#socket.on("error", (error) => this.#fail(error));
    this.#socket.on("close", () => this.#fail(new Error(`${host}:${port} closed the connection`)));
  }

  /** The body of the answer. @throws Error when the connection ends */
  ask(body: string): Promise<string> {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) return reject(new Error("the connection has ended"));
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
