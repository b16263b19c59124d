import { windowsOf } from "#proto/attribution/fingerprint.js";
import { distinctSorted } from "#proto/attribution/packed.js";
import { windowIndex } from "#proto/attribution/rule/committed.js";
import type { RuleFacts } from "#proto/attribution/rule/facts.js";
import { concat, utf8, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { buildIndex, type FingerprintIndex } from "#state/fingerprints/index.js";
import { statuses } from "#state/modules/datanet/codes.js";
import { chunks, contributions } from "#state/modules/datanet/keys.js";
import { contributionOf, type Contribution } from "#state/modules/datanet/records.js";
import { MemoryBase } from "#state/store/memory.js";
import { View } from "#state/store/view.js";
import { person } from "#test/unit/state/world.js";
import { seeded, type SeededRandom } from "#test/simulation/random.js";

const HASH = new Uint8Array(32);
const OWNER = person("carol").text;
const CHUNK_BYTES = 65_536;
/** Height at which the batch of the bench was formed. */
const FORMED = 100n;

/** Packed hashes of tokens that weigh 4, drawn from a vocabulary. */
export function drawTokens(random: SeededRandom, count: number, vocabulary: number): Bytes {
  const out = new Uint8Array(8 * count);
  for (let i = 0; i < count; i++) {
    const hash = sha256(utf8(`word ${random.below(vocabulary)}`)).slice(0, 8);
    hash[7]! &= 0xfc;
    out.set(hash, 8 * i);
  }
  return out;
}

export interface LibrarySize {
  readonly contributions: number;
  readonly fingerprintsEach: number;
  readonly datanets: number;
}

/** A tier with contributions whose records the index has read, as a node has it. */
export class Library {
  readonly index: FingerprintIndex;
  /** Records of all contributions. */
  readonly writes: ReturnType<View["writes"]>;
  readonly #base = new MemoryBase();
  readonly #owner = HASH.slice(0, 20);

  /**
   * @param texts packed tokens of further contributions, one each, the most senior ones
   * @param size of what fills the tier: random fingerprints
   */
  constructor(size: LibrarySize, texts: readonly Bytes[], seed: bigint) {
    const random = seeded(seed);
    const view = new View(this.#base);
    let id = 0n;
    const add = (set: Bytes, datanet: number): void => {
      id += 1n;
      for (let at = 0; at < set.length; at += CHUNK_BYTES) {
        chunks.put(view, [id, at / CHUNK_BYTES], set.subarray(at, at + CHUNK_BYTES));
      }
      contributions.put(view, [id], record(id, BigInt(datanet), set.length / 8));
    };
    for (const [i, text] of texts.entries()) add(distinctSorted(windowsOf(text).fingerprints), 1 + (i % size.datanets));
    for (let i = 0; i < size.contributions; i++) {
      const set = new Uint8Array(8 * size.fingerprintsEach);
      const words = new Uint32Array(set.buffer);
      for (let at = 0; at < words.length; at++) words[at] = random.below(0x1_0000_0000);
      add(distinctSorted(set), 1 + (i % size.datanets));
    }
    this.writes = view.writes();
    this.#base.apply(this.writes);
    this.index = buildIndex(this.#base, sha256(utf8("bench")).slice(0, 8));
  }

  /** @param licensed whether a datanet is in a release of the version @param versionDatanets those of its releases */
  facts(versionDatanets: readonly bigint[], licensed: (datanet: bigint) => boolean): RuleFacts {
    const contribution = (id: bigint): Contribution => contributionOf(this.#base, id)!;
    const { index } = this;
    return {
      index: windowIndex(
        {
          claim: (high, low) => index.claim(high, low, FORMED),
          place: (datanet, high, low) => index.place(datanet, high, low, FORMED),
        },
        { contribution, ownerOf: () => this.#owner },
        FORMED,
      ),
      version: {
        height: 50n,
        datanets: versionDatanets,
        released: (id) => licensed(contribution(id).datanetId),
      },
      common: () => false,
      admitsAnybody: () => false,
    };
  }
}

function record(id: bigint, datanetId: bigint, fpCount: number): Contribution {
  return {
    ...{ id, datanetId, owner: OWNER, intentHeight: 1n + id, intentIndex: 0 },
    ...{ contentRoot: HASH, contentBytes: 1n, recordCount: 1, mediaType: "", title: "", termsVersion: 1 },
    ...{ termsHash: HASH, fpRoot: HASH, fpCount, tokenCount: 9, status: statuses.accepted, bond: "0" },
    ...{ createdHeight: 0n, completeHeight: 10n, firstCommitted: 0, decidedHeight: 11n, reason: 0 },
    ...{ withdrawnHeight: 0n, active: [], firstRelease: 1, lastRelease: 0, deposit: "0", contests: 0 },
  };
}

/** Parts of texts, one after the other. @param tokens of each part */
export function quote(random: SeededRandom, texts: readonly Bytes[], parts: number, tokens: number): Bytes {
  return concat(
    ...Array.from({ length: parts }, () => {
      const text = texts[random.below(texts.length)]!;
      const from = random.below(text.length / 8 - tokens);
      return text.subarray(8 * from, 8 * (from + tokens));
    }),
  );
}
