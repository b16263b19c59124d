import { concat, equalBytes } from "#proto/bytes.js";
import { setRoot } from "#proto/attribution/set-tree.js";
import { merkleRoot } from "#proto/merkle/rfc6962.js";
import { isRejection } from "#proto/rejection.js";
import type { Invariant } from "../../module.js";
import type { ReadView } from "../../store/view.js";
import { moduleAccounts } from "../../module-accounts.js";
import { balanceOf } from "../bank/index.js";
import { chainConfig } from "../chain/index.js";
import { storedAmount } from "./bonds.js";
import { admissions, statuses } from "./codes.js";
import { takenOf } from "./deposits.js";
import { claimsContent, takes } from "./genesis.js";
import { commitments, contents, contributions, counts, datanets, proofExpiries, releases, treasuries } from "./keys.js";
import { countsOf, fingerprintChunks, paramsOf, type Contribution } from "./records.js";
import { membersOf, releaseLeaf } from "./release-tree.js";

const PLACED: ReadonlySet<number> = new Set([statuses.uploading, statuses.inReview, statuses.accepted]);

/** Withdrawn so long ago that its chunks are deleted. */
function hasExpired(view: ReadView, { id, withdrawnHeight }: Contribution): boolean {
  return withdrawnHeight !== 0n && !proofExpiries.has(view, [withdrawnHeight + paramsOf(view).proofBlocks, id]);
}

/** Invariants of the module (README). */
export const invariants: Readonly<Record<string, Invariant>> = {
  moneyIsHeld(view) {
    let owed = 0n;
    for (const [, { deposit }] of datanets.range(view)) owed += storedAmount(deposit);
    for (const [, { deposit }] of commitments.range(view)) owed += storedAmount(deposit);
    for (const [, { bond, deposit }] of contributions.range(view)) owed += storedAmount(bond) + storedAmount(deposit);
    for (const [, treasury] of treasuries.range(view)) owed += treasury;
    // Bonds change hands once: those of what is decided are back with their owners.
    const held = balanceOf(view, moduleAccounts.datanet, chainConfig(view).bondDenom);
    return held === owed ? undefined : `deposits, bonds and treasuries are ${owed}, the account holds ${held}`;
  },
  bondsAreHeld(view) {
    for (const [, { id, datanetId, status, bond }] of contributions.range(view)) {
      const undecided = status === statuses.uploading || status === statuses.inReview;
      const byNobody = status === statuses.accepted && datanets.get(view, [datanetId])?.admission === admissions.open;
      if (!undecided && !byNobody && bond !== "0") {
        return `contribution ${id} is decided and its bond of ${bond} is still held`;
      }
    }
    return undefined;
  },
  countsAgree(view) {
    const found = new Map<bigint, { contributions: number; accepted: number }>();
    let claims = 0;
    for (const [, contribution] of contributions.range(view)) {
      const { id, datanetId, status, contentRoot } = contribution;
      const sum = found.get(datanetId) ?? { contributions: 0, accepted: 0 };
      if (PLACED.has(status)) sum.contributions++;
      if (status === statuses.accepted) sum.accepted++;
      found.set(datanetId, sum);
      if (!claimsContent(contribution)) continue;
      claims++;
      if (contents.get(view, [datanetId, contentRoot]) !== id) {
        return `contribution ${id} does not hold its content root`;
      }
    }
    for (const [[id], have] of counts.range(view)) {
      const sum = found.get(id) ?? { contributions: 0, accepted: 0 };
      if (have.contributions !== sum.contributions || have.accepted !== sum.accepted) {
        return `datanet ${id} counts ${have.contributions} and ${have.accepted}, there are ${sum.contributions} and ${sum.accepted}`;
      }
    }
    const roots = [...contents.range(view)].length;
    return roots === claims ? undefined : `${roots} content roots are claimed by ${claims} contributions`;
  },
  fingerprintsAreCommitted(view) {
    let total = 0n;
    for (const [, { fpCount }] of commitments.range(view)) total += BigInt(fpCount);
    for (const [, contribution] of contributions.range(view)) {
      if (takes(contribution)) total += BigInt(contribution.fpCount);
    }
    const taken = takenOf(view);
    if (taken !== total) return `${total} fingerprints are reserved or held, ${taken} are counted`;
    for (const [, contribution] of contributions.range(view)) {
      const { id, completeHeight, fpRoot } = contribution;
      if (completeHeight === 0n || hasExpired(view, contribution)) continue;
      const root = setRoot(concat(...fingerprintChunks(view, id)));
      if (isRejection(root) || !equalBytes(root, fpRoot)) {
        return `the fingerprints of contribution ${id} are not under its root`;
      }
    }
    return undefined;
  },
  releasesAreWhole(view) {
    for (const [[datanetId, number], release] of releases.range(view)) {
      if (number > countsOf(view, datanetId).releases) {
        return `release ${number} of datanet ${datanetId} is not counted`;
      }
      const leaves = [...membersOf(view, datanetId, number)].map(([id, member]) => releaseLeaf(id, member));
      if (leaves.length !== release.contributions || !equalBytes(merkleRoot(leaves), release.root)) {
        return `release ${number} of datanet ${datanetId} is not what its members make`;
      }
    }
    return undefined;
  },
};
