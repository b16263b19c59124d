import { createServer, connect, type AddressInfo, type Server, type Socket } from "node:net";
import { Transform } from "node:stream";

/**
 * TCP relays between one node and the others. When they are cut they swallow every byte and answer nothing, as a network
 * does whose packets are lost: no side sees an end. Connections that were cut stay so for good. A delayed relay carries
 * bytes in order, each with a fixed delay in milliseconds.
 */
export class Relays {
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #delayMs: number;
  #cut = false;

  constructor(delayMs = 0) {
    this.#delayMs = delayMs;
  }

  /** Returns the port that leads to `port`. */
  async to(port: number): Promise<number> {
    const server = createServer((near) => this.#join(near, port));
    this.#servers.push(server);
    await new Promise<void>((resolve, fail) => server.once("error", fail).listen(0, "127.0.0.1", resolve));
    return (server.address() as AddressInfo).port;
  }

  cut(): void {
    this.#cut = true;
    for (const socket of this.#sockets) socket.unpipe().resume();
  }

  heal(): void {
    this.#cut = false;
  }

  close(): void {
    for (const server of this.#servers) server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #join(near: Socket, port: number): void {
    this.#keep(near);
    if (this.#cut) return void near.resume();
    const far = connect({ host: "127.0.0.1", port, noDelay: true });
    near.setNoDelay(true);
    this.#keep(far);
    if (this.#delayMs === 0) near.pipe(far).pipe(near);
    else near.pipe(delayed(this.#delayMs)).pipe(far).pipe(delayed(this.#delayMs)).pipe(near);
    near.once("close", () => far.destroy());
    far.once("close", () => near.destroy());
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => socket.destroy()); // Either end may be killed at any time: that is what it is there for.
    socket.once("close", () => this.#sockets.delete(socket));
  }
}

/** What is under way is a distance, not a queue: as much as the sender writes. */
const UNDER_WAY_BYTES_MAX = 64 * 1024 * 1024;

function delayed(delayMs: number): Transform {
  return new Transform({
    readableHighWaterMark: UNDER_WAY_BYTES_MAX,
    transform(chunk: Buffer, _encoding, done) {
      setTimeout(() => this.push(chunk), delayMs);
      done();
    },
    flush(done) {
      setTimeout(done, delayMs);
    },
  });
}
