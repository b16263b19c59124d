/** Accounts that may be one person: each by its address text. */
export interface Payer {
  readonly consumer: string;
  /** Of the consumer's first coins, if it is recent; else empty. */
  readonly funder: string;
  readonly provider: string;
  /** Of the model. */
  readonly owner: string;
}

/** Bits of a voucher's field `linked`. Permanent. */
const links = { consumerIsProvider: 1, consumerIsOwner: 2, providerFunded: 4, ownerFunded: 8 } as const;
/** Those that do not depend on who owned the model. */
export const linksToProvider = links.consumerIsProvider | links.providerFunded;

/**
 * The field `linked` of a voucher: a bit for each way in which the consumer is, or was funded by, the provider or the
 * owner of the model. A consumer that pays itself pays no less; the totals of what others pay are kept apart.
 */
export function linksOf({ consumer, funder, provider, owner }: Payer): number {
  const bit = (value: number, isLinked: boolean): number => (isLinked ? value : 0);
  return (
    bit(links.consumerIsProvider, consumer === provider) |
    bit(links.consumerIsOwner, consumer === owner) |
    bit(links.providerFunded, funder === provider) |
    bit(links.ownerFunded, funder === owner)
  );
}
