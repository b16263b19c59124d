import { allPages, type Client } from "#proto/client/index.js";
import type { Messages } from "#proto/codec/message.js";
import { endpointProblem } from "#proto/endpoint/url.js";

/** A provider as the chain lists it: where it serves a version, and its record there. */
export type ListedProvider = Messages["tributary.usage.v1.ListedProvider"];

/** Whom the owner allows. */
export interface ProviderRules {
  /** Addresses; empty: every provider. */
  readonly allowed: readonly string[];
  readonly allowsPrivate: boolean;
}

/** Work: one page for a hundred providers of the version. */
export async function listedProviders(node: Client, versionId: bigint): Promise<ListedProvider[]> {
  return await allPages(
    (pagination) => node.query("tributary.usage.v1.Query/Providers", { versionId, pagination }),
    ({ providers }) => providers,
  );
}

/**
 * Providers that may be asked, the best first: by the part of their drawn receipts that they opened in time, then by the fees
 * that others than themselves paid. The record is computed from settled batches; nobody votes on it. One without a record
 * comes after those who opened everything, and before those who did not.
 */
export function ranked(
  listed: readonly ListedProvider[],
  { allowed, allowsPrivate }: ProviderRules,
  distrusted: ReadonlySet<string>,
): ListedProvider[] {
  const usable = listed.filter(
    ({ provider, url, valid }) =>
      valid &&
      !distrusted.has(provider) &&
      (allowed.length === 0 || allowed.includes(provider)) &&
      endpointProblem(url, allowsPrivate) === undefined,
  );
  return usable.sort(byRecord);
}

function byRecord(a: ListedProvider, b: ListedProvider): number {
  const [x, y] = [openedOf(a), openedOf(b)];
  const [left, right] = [x.opened * y.drawn, y.opened * x.drawn]; // Fractions, without a division.
  if (left !== right) return left > right ? -1 : 1;
  const [feesA, feesB] = [earnedOf(a), earnedOf(b)];
  if (feesA !== feesB) return feesA > feesB ? -1 : 1;
  return a.provider < b.provider ? -1 : 1;
}

function openedOf({ record }: ListedProvider): { readonly opened: bigint; readonly drawn: bigint } {
  const drawn = record?.drawn ?? 0n;
  return drawn === 0n ? { opened: 1n, drawn: 1n } : { opened: record!.opened, drawn };
}

function earnedOf({ record }: ListedProvider): bigint {
  return record === undefined ? 0n : BigInt(record.fees) - BigInt(record.selfDealt);
}

/** Where the gateway's routes begin: an endpoint may end in "/v1", as base URLs of OpenAI's clients do. */
export function gatewayUrl(endpoint: string): string {
  return endpoint.replace(/\/v1$/, "");
}
