import type { Bytes } from "#proto/bytes.js";
import { utf8 } from "#proto/bytes.js";
import type { Client } from "#proto/client/index.js";
import { consumerErrors, type Place, type Pool } from "#proto/client/consumer/index.js";
import { readObject } from "#proto/exchange/openai/body.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import { gatewayUrl, listedProviders, ranked, type ListedProvider, type ProviderRules } from "./providers.js";
import type { ModelName } from "./settings.js";

/** How long a list of providers is believed. */
const LISTED_MS = 60_000;

/** What applications can ask for, and where it is served. */
export class Models {
  readonly names: readonly ModelName[];
  readonly #node: Client;
  readonly #rules: ProviderRules;
  readonly #now: () => number;
  readonly #listed = new Map<bigint, { readonly at: number; readonly providers: Promise<ListedProvider[]> }>();

  constructor(names: readonly ModelName[], node: Client, rules: ProviderRules, now: () => number) {
    this.names = names;
    this.#node = node;
    this.#rules = rules;
    this.#now = now;
  }

  /** The name that a body asks for. Rejects what is no such body, and a name that the owner does not allow. */
  asked(body: Bytes): ModelName | Rejection {
    const members = readObject(body, "body");
    if (isRejection(members)) return members;
    const { model } = members;
    const found = this.names.find(({ name }) => name === model);
    if (found !== undefined) return found;
    const fix = `ask for one of: ${this.names.map(({ name }) => name).join(", ")}`;
    return reject(consumerErrors.notOffered, { field: "model", have: String(model).slice(0, 64), fix });
  }

  /** The body with the provider's name of the model; the same bytes if it is the same name. */
  renamed(body: Bytes, { name, served }: ModelName): Bytes {
    if (name === served) return body;
    const members = readObject(body, "body");
    return isRejection(members) ? body : utf8(JSON.stringify({ ...members, model: served }));
  }

  /** Providers of a version that may be asked, the best first. */
  async providers(versionId: bigint, distrusted: ReadonlySet<string>): Promise<ListedProvider[]> {
    const at = this.#now();
    let listed = this.#listed.get(versionId);
    if (listed === undefined || at - listed.at >= LISTED_MS) {
      const providers = listedProviders(this.#node, versionId);
      providers.catch(() => this.#listed.delete(versionId)); // Who awaits it sees why.
      listed = { at, providers };
      this.#listed.set(versionId, listed);
    }
    return ranked(await listed.providers, this.#rules, distrusted);
  }

  /**
   * Where to ask for a version: with the provider that has an open channel already, else with the best. Rejects
   * consumer/notOffered if nobody serves it.
   */
  async place({ name, versionId }: ModelName, pool: Pool): Promise<Place | Rejection> {
    const providers = await this.providers(versionId, pool.distrusted);
    const used = new Set(
      pool.consumers
        .filter(({ head, stopped }) => head.terms.versionId === versionId && stopped === undefined)
        .map(({ head }) => head.provider),
    );
    const chosen = providers.find(({ provider }) => used.has(provider)) ?? providers[0];
    if (chosen !== undefined) return { provider: chosen.provider, versionId, url: gatewayUrl(chosen.url) };
    const fix = `no provider of version ${versionId} may be asked: tribd query usage providers ${versionId}`;
    return reject(consumerErrors.notOffered, { field: "model", have: name, fix });
  }
}
