import { concat, u64be, type Bytes } from "#proto/bytes.js";
import type { Messages } from "#proto/codec/message.js";
import { merkleProofs, type MerkleProof } from "#proto/merkle/rfc6962.js";
import type { ReadView } from "../../store/view.js";
import { accepted } from "./keys.js";

type Accepted = Messages["tributary.datanet.v1.Accepted"];

/** u64 contribution id || content root || fp root: what a release's RFC 6962 tree is over, in the order of ids. */
export function releaseLeaf(id: bigint, { contentRoot, fpRoot }: Accepted): Bytes {
  return concat(u64be(id), contentRoot, fpRoot);
}

/** Members of a release, also of an old one, by ascending id: accepted before it and not withdrawn before it. */
export function* membersOf(view: ReadView, datanetId: bigint, number: number): Iterable<readonly [bigint, Accepted]> {
  for (const [[, id], member] of accepted.range(view, { prefix: [datanetId] })) {
    if (member.firstRelease > number) continue;
    if (member.lastRelease === 0 || member.lastRelease >= number) yield [id, member];
  }
}

/** The leaf and its proof; undefined for a contribution that the release does not hold. Hashes the whole release: queries only. */
export function proveInRelease(
  view: ReadView,
  datanetId: bigint,
  number: number,
  contributionId: bigint,
): { readonly leaf: Bytes; readonly proof: MerkleProof } | undefined {
  const members = [...membersOf(view, datanetId, number)];
  const index = members.findIndex(([id]) => id === contributionId);
  if (index < 0) return undefined;
  const leaves = members.map(([id, member]) => releaseLeaf(id, member));
  return { leaf: leaves[index]!, proof: merkleProofs(leaves).proofs[index]! };
}
