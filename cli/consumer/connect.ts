import { lookup as systemLookup, type LookupAddress, type LookupOptions } from "node:dns";
import { request as plainRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { request as tlsRequest } from "node:https";
import { isIP } from "node:net";
import { Readable } from "node:stream";
import type { Http, HttpAsk } from "#proto/client/consumer/index.js";
import { isPrivateHost, parseHost } from "#proto/endpoint/host.js";
import { Fault } from "#proto/fault.js";

/** A provider's server is not connected to, or did not answer as it must. */
export class ConnectFault extends Fault<"connect"> {
  constructor(message: string, cause?: unknown) {
    super("connect", message, cause);
  }
}

type Lookup = (
  name: string,
  options: LookupOptions,
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Whether an address is on this machine or its network: an endpoint on the chain must not lead there. */
export function isPrivateAddress(address: string): boolean {
  const isV6 = isIP(address) === 6;
  const host = parseHost(isV6 ? `[${address}]` : address);
  return typeof host === "string" || isPrivateHost(host);
}

/**
 * HTTP to providers: https without redirects, and to no private address, whatever name leads there. The address that was
 * checked is the one that is connected to.
 * @param allowsPrivate private addresses, and http to them
 */
export function providerHttp(allowsPrivate: boolean, lookup: Lookup = systemLookup as Lookup): Http {
  const checked: Lookup = (name, options, done) => {
    lookup(name, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return done(error, []);
      const wrong = addresses.find(({ address }) => isPrivateAddress(address));
      if (wrong === undefined || allowsPrivate) return done(null, addresses);
      done(new ConnectFault(`${name} leads to the private address ${wrong.address}`) as NodeJS.ErrnoException, []);
    });
  };
  return (url, ask) => send(new URL(url), ask, checked, allowsPrivate);
}

function send(url: URL, ask: HttpAsk, lookup: Lookup, allowsPrivate: boolean): Promise<Response> {
  if (url.protocol !== "https:" && !(allowsPrivate && url.protocol === "http:")) {
    return Promise.reject(new ConnectFault(`${url.origin} is not https`));
  }
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0 && !allowsPrivate && isPrivateAddress(host)) {
    return Promise.reject(new ConnectFault(`${host} is a private address`));
  }
  const { method, headers, body, signal } = ask;
  const length = body === undefined ? {} : { "content-length": String(body.length) };
  const options: RequestOptions = { method, headers: { ...headers, ...length }, lookup: lookup as never, signal };
  return new Promise((resolve, reject) => {
    const make = url.protocol === "https:" ? tlsRequest : plainRequest;
    const request = make(url, options, (answer) => {
      const { statusCode = 0 } = answer;
      if (statusCode >= 300 && statusCode < 400) {
        answer.destroy();
        reject(new ConnectFault(`${url.origin} redirects, which is not followed`));
      } else resolve(responseOf(answer, statusCode));
    });
    request.once("error", reject);
    request.end(body);
  });
}

/** Statuses whose answers have no body. */
const BODILESS = [204, 205, 304];

function responseOf(answer: IncomingMessage, status: number): Response {
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headersDistinct)) {
    for (const each of value ?? []) headers.append(name, each);
  }
  if (BODILESS.includes(status)) {
    answer.resume();
    return new Response(null, { status, headers });
  }
  return new Response(Readable.toWeb(answer) as ReadableStream<Uint8Array>, { status, headers });
}
