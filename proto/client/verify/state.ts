import { toHex, type Bytes } from "../../bytes.js";
import type { MessageName, Messages } from "../../codec/message.js";
import { readStored, readStoredU64 } from "../../light/state-keys.js";
import { verifyState } from "../../light/state-proof.js";
import type { Header } from "../../types/block.js";
import { must, VerifyFault } from "./fault.js";
import type { Source } from "./source.js";

/** The state after one height. Every value and every absence is proven before it is returned. */
export class ProvenState {
  readonly height: bigint;
  readonly #source: Source;
  readonly #header: Header;
  readonly #read = new Map<string, Promise<Bytes | undefined>>();

  /** @param header of height + 1, trusted */
  constructor(source: Source, header: Header) {
    this.#source = source;
    this.#header = header;
    this.height = header.height - 1n;
  }

  /** Number of keys that were proven. */
  get proven(): number {
    return this.#read.size;
  }

  /** The raw value; undefined if its absence is proven. @throws VerifyFault naming `what` if neither is proven */
  bytes(key: Bytes, what: string): Promise<Bytes | undefined> {
    const name = toHex(key);
    const before = this.#read.get(name);
    if (before !== undefined) return before;
    const read = this.#prove(key, what);
    this.#read.set(name, read);
    return read;
  }

  async #prove(key: Bytes, what: string): Promise<Bytes | undefined> {
    const { value, proof } = await this.#source.state(key, this.height);
    const refused = verifyState(this.#header, key, value, proof);
    if (refused !== undefined) {
      const claim = value === undefined ? "is absent" : "is what it says";
      throw new VerifyFault(
        "state_proof.notProven",
        what,
        `the node does not prove that it ${claim} in the state after height ${this.height}`,
      );
    }
    return value;
  }

  /** The stored message; undefined if its absence is proven. Throws VerifyFault if unproven or malformed. */
  async find<N extends MessageName>(name: N, key: Bytes, what: string): Promise<Messages[N] | undefined> {
    const bytes = await this.bytes(key, what);
    return bytes === undefined ? undefined : must(what, readStored(name, bytes));
  }

  /** The stored message. Throws VerifyFault if it is absent, unproven or malformed. */
  async get<N extends MessageName>(name: N, key: Bytes, what: string): Promise<Messages[N]> {
    const value = await this.find(name, key, what);
    if (value === undefined) throw new VerifyFault("missing", what, `the state after height ${this.height} has none`);
    return value;
  }

  /** A counter; the given one when it is proven that it was never written. */
  async counter(key: Bytes, what: string, initial: bigint): Promise<bigint> {
    const bytes = await this.bytes(key, what);
    return bytes === undefined ? initial : must(what, readStoredU64(bytes));
  }
}

/** Queries under way at once, so that the node is not overloaded. */
const AT_ONCE = 8;

/** `each` over all items, in order, a few at a time. */
export async function inOrder<T, R>(items: readonly T[], each: (item: T) => Promise<R>): Promise<R[]> {
  const out: R[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE) {
    out.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(each))));
  }
  return out;
}
