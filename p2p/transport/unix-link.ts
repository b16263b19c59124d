import { once } from "node:events";
import { chmod, rename, rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import type { Bytes } from "#proto/bytes.js";
import { P2pFault } from "../host.js";
import type { ByteListener, OnByteLink } from "./byte-link.js";

/**
 * A Unix socket: who may open the file may talk, so it belongs to its owner alone (mode 0600). Nothing on it is
 * encrypted: it never leaves the machine.
 */
const OWNER_ONLY = 0o600;
/** Longest path that every system takes (104 bytes on macOS, with the zero at its end). */
const PATH_BYTES_MAX = 103;
const NEW = ".new";

/** @throws P2pFault bad_address for a path too long or one on which somebody listens already */
export async function listenUnix(path: string, onLink: OnByteLink): Promise<ByteListener> {
  if (Buffer.byteLength(path + NEW) > PATH_BYTES_MAX) {
    throw new P2pFault("bad_address", `${path}: the path of a Unix socket has at most ${PATH_BYTES_MAX - 4} bytes`);
  }
  if (await isListening(path)) throw new P2pFault("bad_address", `another process listens on ${path}`);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    carry(socket, path, onLink);
  });
  // Under its own name only when it is closed to others. The rename also takes the place of what a crash left behind.
  await rm(path + NEW, { force: true });
  server.listen(path + NEW);
  await once(server, "listening");
  // It may be unable to accept for a moment, as when no file handles are left; the other side dials again.
  server.on("error", () => undefined);
  await chmod(path + NEW, OWNER_ONLY);
  await rename(path + NEW, path);
  return {
    address: `unix://${path}`,
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
      await rm(path, { force: true });
    },
  };
}

/** @throws P2pFault dial_failed */
export async function dialUnix(path: string, onLink: OnByteLink): Promise<void> {
  const socket = connect(path);
  try {
    await once(socket, "connect");
  } catch (error) {
    throw new P2pFault("dial_failed", `${path}: ${(error as Error).message}`, error);
  }
  carry(socket, path, onLink);
}

function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false)); // No file, or no listener behind it.
  });
}

function carry(socket: Socket, path: string, onLink: OnByteLink): void {
  const events = onLink({
    remote: path,
    send(bytes: Bytes) {
      if (socket.writable) socket.write(bytes);
    },
    close: () => void socket.destroySoon(),
  });
  let reason = "closed";
  socket.on("data", (chunk) => events.bytes(Uint8Array.from(chunk)));
  socket.on("error", (error) => (reason = error.message));
  socket.once("close", () => events.closed(reason));
}
