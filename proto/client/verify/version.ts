import { atOrAbove, decodeBranch, eligibleRootAt, isLeaf } from "../../attribution/eligible-set.js";
import { checkFeeShares, type FeeShares } from "../../attribution/fee.js";
import { isLicensed, type Contribution } from "../../attribution/standing.js";
import { present } from "../../assert.js";
import { equalBytes, toHex, type Bytes } from "../../bytes.js";
import type { Messages } from "../../codec/message.js";
import { sha256 } from "../../crypto/hash.js";
import { stateKeys } from "../../light/state-keys.js";
import { mustHold, VerifyFault } from "./fault.js";
import type { ProvenState } from "./state.js";

/** A model version as the chain stores it. */
export type Version = Messages["tributary.model.v1.Version"];

/** A frozen model version: its fee shares, and its eligible contributions. */
export interface VersionFacts {
  readonly version: Version;
  readonly shares: FeeShares;
  /** Datanets of the releases that it credits, ascending. */
  readonly datanets: readonly bigint[];
  licensed(contribution: Contribution): boolean;
}

/**
 * Reads and proves a version with its royalties and the set of releases that it credits in a batch that is formed at a
 * height. Throws VerifyFault.
 */
export async function readVersion(state: ProvenState, id: bigint, height: bigint): Promise<VersionFacts> {
  const what = `version ${id}`;
  const version = await state.get("tributary.model.v1.Version", stateKeys.version(id), what);
  const { fees } = version;
  const root = eligibleRootAt(version, height);
  if (fees === undefined) throw new VerifyFault("wrong_record", what, "it has no fee rules");
  const name = `royalties of ${what}`;
  const upstream = await state.find("tributary.model.v1.Royalties", stateKeys.versionRoyalties(id), name);
  const shares = {
    contributorBasisPoints: BigInt(fees.contributorBasisPoints),
    providerBasisPoints: BigInt(fees.providerBasisPoints),
    royalties: (upstream?.royalties ?? []).map(({ versionId, basisPoints }) => ({
      versionId,
      basisPoints: BigInt(basisPoints),
    })),
  };
  mustHold(`fee rules of ${what}`, checkFeeShares(shares));
  const nodes = await readNodes(state, root, `eligible releases of ${what}`);
  const node = (hash: Bytes): Bytes => present(nodes.get(toHex(hash)), "all nodes of the set were read");
  return {
    version,
    shares,
    datanets: datanetsOf(node, root),
    licensed: (contribution) => isLicensed(contribution, (wanted) => atOrAbove(node, root, wanted)),
  };
}

function datanetsOf(node: (hash: Bytes) => Bytes, root: Bytes): bigint[] {
  const datanets: bigint[] = [];
  for (let wanted = 0n; ;) {
    const next = atOrAbove(node, root, { datanetId: wanted, number: 0 });
    if (next === undefined) return datanets;
    datanets.push(next.datanetId);
    wanted = next.datanetId + 1n;
  }
}

/** All nodes of a set of releases: each is the preimage of a hash in the one above, up to the version's own record. */
async function readNodes(state: ProvenState, root: Bytes, what: string): Promise<ReadonlyMap<string, Bytes>> {
  const nodes = new Map<string, Bytes>();
  const pending = root.length === 0 || isLeaf(root) ? [] : [root];
  for (let ref = pending.pop(); ref !== undefined; ref = pending.pop()) {
    const hash = ref.subarray(1);
    const bytes = await state.bytes(stateKeys.releaseNode(hash), what);
    if (bytes === undefined || !equalBytes(sha256(bytes), hash)) {
      throw new VerifyFault("missing", what, `node ${toHex(hash)} is not there`);
    }
    nodes.set(toHex(hash), bytes);
    const { left, right } = decodeBranch(bytes);
    for (const child of [left, right]) if (!isLeaf(child)) pending.push(child);
  }
  return nodes;
}
