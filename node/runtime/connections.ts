import type { Server } from "node:http";
import type { Socket } from "node:net";

/**
 * The connections of an HTTP server. Each is either waiting for its client (idle, a request on its way, an answer unread)
 * or worked for. When all places are taken, the client that has kept us waiting longest makes room for a newcomer.
 */
export class Connections {
  /** Those that wait for their client, the longest first. */
  readonly #waiting = new Set<Socket>();
  /** Requests being worked on, of all the others. */
  readonly #working = new Map<Socket, number>();
  readonly #max: number;
  readonly #onDrop: (why: "made room" | "refused") => void;

  constructor(max: number, onDrop: (why: "made room" | "refused") => void) {
    this.#max = max;
    this.#onDrop = onDrop;
  }

  /** From the first byte on every socket has an error listener: one that leaves HTTP (an upgrade) would have none. */
  watch(server: Server, onError: (error: Error) => void): void {
    server.on("connection", (socket: Socket) => {
      socket.on("error", onError);
      if (this.#waiting.size + this.#working.size >= this.#max && !this.#makeRoom()) {
        socket.destroy();
        return this.#onDrop("refused");
      }
      this.#waiting.add(socket);
      socket.once("close", () => {
        this.#waiting.delete(socket);
        this.#working.delete(socket);
      });
    });
  }

  /** How many requests of this connection are being worked on. */
  working(socket: Socket): number {
    return this.#working.get(socket) ?? 0;
  }

  /** A whole request is there. */
  begin(socket: Socket): void {
    if (!this.#waiting.delete(socket) && !this.#working.has(socket)) return; // It closed meanwhile.
    this.#working.set(socket, this.working(socket) + 1);
  }

  /** It was answered: from now on the client has to read, and to ask again. */
  end(socket: Socket): void {
    const left = this.working(socket) - 1;
    if (left > 0) this.#working.set(socket, left);
    else if (this.#working.delete(socket)) this.#waiting.add(socket);
  }

  #makeRoom(): boolean {
    const [longest] = this.#waiting;
    if (longest === undefined) return false;
    this.#waiting.delete(longest);
    longest.destroy();
    this.#onDrop("made room");
    return true;
  }
}
