import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Fault } from "#proto/fault.js";
import { OS_ERRORS } from "./os-error.js";

export type ListenFaultCode = "listen_failed"; // The message says which address and setting, why, and what to change.

/** The address cannot be listened on; the message says which, why, and what to change. */
export class ListenFault extends Fault<ListenFaultCode> {}

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
  /** The setting that names it. */
  readonly setting?: string;
}

/** @param code of the system, as EADDRINUSE */
export function listenFault({ host, port, setting }: ListenAddress, code: string, error: unknown): ListenFault {
  const named = setting === undefined ? "" : ` (${setting})`;
  const why = OS_ERRORS[code]?.says ?? code;
  // Libraries pass on the system's error as text, or not at all.
  const cause = Object.assign(new Error(`listen ${code}`, { cause: error }), { code, syscall: "listen" });
  return new ListenFault("listen_failed", `cannot listen on ${hostAndPort({ host, port })}${named}: ${why}`, cause);
}

/** As in a URL. */
export function hostAndPort({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Takes the address. Resolves to the port, which the system picked when 0 was asked. @throws ListenFault */
export function listen(server: Server, address: ListenAddress): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void =>
      reject(listenFault(address, error.code ?? error.message, error));
    server.once("error", fail);
    server.listen(address.port, address.host, () => {
      server.off("error", fail);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
