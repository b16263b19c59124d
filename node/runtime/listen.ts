import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** The address cannot be listened on; the message says which, why, and what to change. */
export class ListenFault extends Error {
  override readonly name = "ListenFault";
  readonly code = "listen_failed";
}

const WHY: Readonly<Record<string, string>> = {
  EADDRINUSE: "it is taken: another node may be running, or choose another port",
  EACCES: "this user may not: choose a port above 1023",
  EADDRNOTAVAIL: "this machine has no such address",
};

/** Takes the address. Resolves to the port, which the system picked when 0 was asked. @throws ListenFault */
export function listen(server: Server, { host, port }: { host: string; port: number }): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      const why = WHY[error.code ?? ""] ?? error.message;
      reject(new ListenFault(`cannot listen on ${host}:${port}: ${why}`, { cause: error }));
    };
    server.once("error", fail);
    server.listen(port, host, () => {
      server.off("error", fail);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
