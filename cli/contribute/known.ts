import { readU64be, type Bytes } from "#proto/bytes.js";
import { FINGERPRINT_BYTES } from "#proto/attribution/packed.js";
import { allPages, type Client } from "#proto/client/index.js";
import type { PlannedFile } from "./plan.js";

/** The chain's knowledge of a file's fingerprints before anything is sent. */
export interface Known {
  /** On the chain's list of common phrases, which are not paid. */
  readonly common: number;
  /** Of how many the node was asked who stands first for them, evenly spread over the set. */
  readonly asked: number;
  /** For how many of these another contribution does. */
  readonly earlier: number;
}

/** Each is one request; limits for a file and for all files. */
const ASKED = { file: 64, all: 256 };
const AT_ONCE = 8;

/** For each file, in order. @param own contributions that are no others: those of the same owner */
export async function knownOf(plans: readonly PlannedFile[], node: Client, own: ReadonlySet<bigint>): Promise<Known[]> {
  const pages = allPages(
    (pagination) => node.query("tributary.attribution.v1.Query/Common", { pagination }),
    ({ fingerprints }) => fingerprints,
  );
  const common = new Set(await pages);
  const each = Math.min(ASKED.file, Math.floor(ASKED.all / plans.length));
  const out: Known[] = [];
  for (const { prepared } of plans) {
    const all = prepared.fingerprints;
    const sample = spread(all, each);
    out.push({
      common: common.size === 0 ? 0 : places(all).filter((at) => common.has(readU64be(all, at))).length,
      asked: sample.length,
      earlier: await othersFirst(sample, node, own),
    });
  }
  return out;
}

/** Offsets of packed fingerprints. */
function places(packed: Bytes): number[] {
  return Array.from({ length: packed.length / FINGERPRINT_BYTES }, (_, i) => i * FINGERPRINT_BYTES);
}

function spread(packed: Bytes, most: number): Bytes[] {
  const all = places(packed);
  const count = Math.min(most, all.length);
  return Array.from({ length: count }, (_, i) => {
    const at = all[Math.floor((i * all.length) / count)]!;
    return packed.slice(at, at + FINGERPRINT_BYTES);
  });
}

async function othersFirst(sample: readonly Bytes[], node: Client, own: ReadonlySet<bigint>): Promise<number> {
  let count = 0;
  for (let at = 0; at < sample.length; at += AT_ONCE) {
    const answers = await Promise.all(
      sample
        .slice(at, at + AT_ONCE)
        .map((fingerprint) => node.query("tributary.datanet.v1.Query/Fingerprint", { fingerprint })),
    );
    count += answers.filter(({ seniorId }) => seniorId !== 0n && !own.has(seniorId)).length;
  }
  return count;
}
