import { BoundedMap } from "../../bounded.js";
import type { Bytes } from "../../bytes.js";
import type { Ask } from "../consumer/consumer.js";
import type { Place } from "../consumer/channels.js";

/** A request that was answered 402 and comes again with its payment. */
export interface PendingRequest {
  readonly place: Place;
  readonly chainId: string;
  readonly ask: Omit<Ask, "most" | "signal">;
  /** The most that the application lets it cost, in base units; known once the payment is made. */
  most: bigint;
}

/** Requests between their 402 and their payment: an application that gives up leaves its own behind. */
const PENDING_MAX = 1_024;

/** Requests by the name that their payment refers to. */
export class PendingRequests {
  readonly #requests = new BoundedMap<string, PendingRequest>(PENDING_MAX);
  #count = 0;

  add(place: Place, chainId: string, ask: PendingRequest["ask"], most: bigint): string {
    const name = `request ${this.#count++}`;
    this.#requests.set(name, { place, chainId, ask, most });
    return name;
  }

  get(name: unknown): PendingRequest | undefined {
    return typeof name === "string" ? this.#requests.get(name) : undefined;
  }
}

/** What tells where a gateway is: everything before "/v1/". Undefined for another path. */
export function gatewayOf(url: string): { readonly url: string; readonly path: string } | undefined {
  const { origin, pathname, search } = new URL(url);
  const at = pathname.lastIndexOf("/v1/");
  return at < 0 ? undefined : { url: `${origin}${pathname.slice(0, at)}`, path: `${pathname.slice(at)}${search}` };
}

/** A body as bytes. */
export async function bytesOf(request: Request): Promise<Bytes> {
  return new Uint8Array(await request.clone().arrayBuffer());
}
