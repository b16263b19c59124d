import { createServer, connect, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

/**
 * TCP relays between one node and the others. When they are cut they swallow every byte and answer nothing, as a network
 * does whose packets are lost: no side sees an end. Connections that were cut stay so for good.
 */
export class Relays {
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  #cut = false;

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
    near.pipe(far).pipe(near);
    near.once("close", () => far.destroy());
    far.once("close", () => near.destroy());
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => socket.destroy()); // Either end may be killed at any time: that is what it is there for.
    socket.once("close", () => this.#sockets.delete(socket));
  }
}
