import type { RpcLimits } from "./limits.js";

interface Bucket {
  units: number;
  atMs: number;
}

/** Clients remembered: who has paid everything back is forgotten first, then the one that came first. */
const CLIENTS_MAX = 10_000;
const UNIT_BYTES = 2048;

/**
 * Limits the refused work that clients cause: a bucket of units for each client and one for all. A client in debt is not
 * served. While all together are in debt, only those are who have spent less than half of their own.
 */
export class RefusedBudget {
  readonly #clients = new Map<string, Bucket>();
  readonly #perSecond: number;
  readonly #totalPerSecond: number;
  readonly #burstSeconds: number;
  readonly #total: Bucket;

  constructor(limits: RpcLimits) {
    this.#perSecond = limits.refusedUnitsPerSecond;
    this.#totalPerSecond = limits.refusedUnitsPerSecondTotal;
    this.#burstSeconds = limits.refusedBurstSeconds;
    this.#total = { units: this.#totalPerSecond * this.#burstSeconds, atMs: 0 };
  }

  /** Whether work of this client may be looked at; undefined says yes, else the seconds until it may. */
  waitSeconds(client: string, nowMs: number): number | undefined {
    const own = this.#bucket(client, nowMs);
    if (own !== undefined && own.units < 1) return Math.ceil((1 - own.units) / this.#perSecond);
    if (this.#totalPerSecond === 0) return undefined;
    refill(this.#total, this.#totalPerSecond, this.#burstSeconds, nowMs);
    const half = (this.#perSecond * this.#burstSeconds) / 2;
    if (this.#total.units >= 1 || (own?.units ?? Infinity) >= half) return undefined;
    return Math.ceil((1 - this.#total.units) / this.#totalPerSecond);
  }

  charge(client: string, bytes: number, nowMs: number): void {
    const units = 1 + Math.floor(bytes / UNIT_BYTES);
    this.#total.units -= units;
    if (this.#perSecond === 0) return;
    const own = this.#bucket(client, nowMs) ?? { units: this.#perSecond * this.#burstSeconds, atMs: nowMs };
    own.units -= units;
    this.#clients.set(client, own);
    if (this.#clients.size > CLIENTS_MAX) this.#forget(nowMs);
  }

  /** Undefined: nothing was ever charged to it, or all is paid back. */
  #bucket(client: string, nowMs: number): Bucket | undefined {
    const own = this.#clients.get(client);
    if (own !== undefined) refill(own, this.#perSecond, this.#burstSeconds, nowMs);
    return own;
  }

  #forget(nowMs: number): void {
    const full = this.#perSecond * this.#burstSeconds;
    for (const client of this.#clients.keys()) {
      if (this.#bucket(client, nowMs)!.units >= full) this.#clients.delete(client);
    }
    const [first] = this.#clients.keys();
    if (this.#clients.size > CLIENTS_MAX) this.#clients.delete(first!);
  }
}

function refill(bucket: Bucket, perSecond: number, burstSeconds: number, nowMs: number): void {
  const gained = (perSecond * (nowMs - bucket.atMs)) / 1000;
  bucket.units = Math.min(bucket.units + gained, perSecond * burstSeconds);
  bucket.atMs = nowMs;
}
