import type { IncomingMessage } from "node:http";
import { plain, type Reply } from "./http-reply.js";

export type BodyRead = { readonly text: string } | { readonly refused: Reply };

/** The bodies that are in memory: bounded each and together. The one that has been arriving longest makes room. */
export class Bodies {
  readonly #eachMax: number;
  readonly #allMax: number;
  /** Unfinished ones with what came of them, the oldest first. */
  readonly #arriving = new Map<IncomingMessage, number>();
  #total = 0;

  constructor(eachMax: number, allMax: number) {
    this.#eachMax = eachMax;
    this.#allMax = allMax;
  }

  /**
   * The body as text; compressed bodies are refused, as their size is a claim.
   * @returns `release` gives the bytes back, once the request is answered
   * @throws whatever ended the connection
   */
  async read(request: IncomingMessage): Promise<{ readonly read: BodyRead; release(): void }> {
    const nothing = (refused: Reply) => ({ read: { refused }, release: () => undefined });
    const encoding = request.headers["content-encoding"];
    if (encoding !== undefined && encoding !== "identity") {
      const shown = encoding.slice(0, 32);
      return nothing(plain(`content-encoding ${shown} is not taken: send the body as it is\n`, 415));
    }
    const tooLarge = plain(`the body is larger than ${this.#eachMax} bytes\n`, 413);
    if (Number(request.headers["content-length"] ?? 0) > this.#eachMax) return nothing(tooLarge);
    const chunks: Buffer[] = [];
    let length = 0;
    this.#arriving.set(request, 0);
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) {
        if (length + chunk.length > this.#eachMax) return nothing(tooLarge);
        length += chunk.length;
        if (!this.#take(request, chunk.length)) {
          return nothing(plain("the node holds too many requests: send it again\n", 503));
        }
        chunks.push(chunk);
      }
    } finally {
      const arrived = this.#arriving.get(request) ?? 0;
      this.#arriving.delete(request);
      this.#total -= arrived;
    }
    this.#total += length;
    return { read: textOf(chunks), release: () => (this.#total -= length) };
  }

  #take(request: IncomingMessage, bytes: number): boolean {
    this.#arriving.set(request, this.#arriving.get(request)! + bytes);
    this.#total += bytes;
    for (const [oldest, held] of this.#arriving) {
      if (this.#total <= this.#allMax) break;
      if (oldest === request) continue;
      this.#arriving.set(oldest, 0);
      this.#total -= held;
      oldest.destroy();
    }
    return this.#total <= this.#allMax;
  }
}

function textOf(chunks: readonly Buffer[]): BodyRead {
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks)) };
  } catch {
    return { refused: plain("the body is not UTF-8\n", 400) }; // The decoder's only failure is malformed input.
  }
}
