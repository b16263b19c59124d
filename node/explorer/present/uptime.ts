/** What a validator did at a height: signed the block, voted for none, was absent, or was not in the set. */
export type Vote = "signed" | "nil" | "absent" | "outside";

/** CometBFT's flags of a commit's signatures. */
const FLAGS: Readonly<Record<number, Vote>> = { 1: "absent", 2: "signed", 3: "nil" };

export interface CommitAt {
  readonly height: bigint;
  readonly signatures: readonly { readonly block_id_flag: number; readonly validator_address: string }[];
}

/**
 * A validator's votes, oldest first. The signature of a validator that was absent has no address: its place in the set of the
 * height says whose it is.
 * @param members addresses of the set in the order of signatures
 */
export function votesOf(address: string, members: readonly string[], commits: readonly CommitAt[]): Vote[] {
  const place = members.indexOf(address);
  return commits.map(({ signatures }) => {
    const own = signatures.find(({ validator_address }) => validator_address === address);
    if (own !== undefined) return FLAGS[own.block_id_flag] ?? "absent";
    return signatures.length === members.length && place >= 0 ? "absent" : "outside";
  });
}

/** Signed of those in which it was in the set, in basis points; undefined if it was in none. */
export function uptimeOf(votes: readonly Vote[]): number | undefined {
  const inside = votes.filter((vote) => vote !== "outside").length;
  return inside === 0 ? undefined : Math.floor((10_000 * votes.filter((vote) => vote === "signed").length) / inside);
}
