import type { SeededRandom } from "../../simulation/random.js";

type Mutation = (bytes: Buffer, random: SeededRandom, corpus: readonly Buffer[]) => Buffer;

const anyBytes = (random: SeededRandom, most: number): Buffer =>
  Buffer.from(Array.from({ length: 1 + random.below(most) }, () => random.below(256)));
const at = (bytes: Buffer, random: SeededRandom): number => random.below(bytes.length + 1);

/** What happens to bytes on their way to a listener that should take them. */
const mutations: readonly Mutation[] = [
  (bytes) => bytes,
  // Bits turn over.
  (bytes, random) => {
    const changed = Buffer.from(bytes);
    for (let i = random.below(8); i >= 0 && changed.length > 0; i--) {
      changed[random.below(changed.length)]! ^= 1 << random.below(8);
    }
    return changed;
  },
  // Cut, cut out, doubled, joined with another, with something in between.
  (bytes, random) => bytes.subarray(0, at(bytes, random)),
  (bytes, random) => {
    const from = at(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + random.below(32))]);
  },
  (bytes, random) => Buffer.concat([bytes, bytes.subarray(at(bytes, random))]),
  (bytes, random, corpus) =>
    Buffer.concat([bytes.subarray(0, at(bytes, random)), corpus[random.below(corpus.length)]!]),
  (bytes, random) => {
    const from = at(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), anyBytes(random, 24), bytes.subarray(from)]);
  },
  // One byte a thousand times over.
  (bytes, random) => {
    const from = at(bytes, random);
    const run = Buffer.alloc(1 + random.below(4_000), random.below(256));
    return Buffer.concat([bytes.subarray(0, from), run, bytes.subarray(from)]);
  },
  (_, random) => anyBytes(random, 600),
];

/** One of the corpus, damaged in up to three ways. */
export function mutated(corpus: readonly Buffer[], random: SeededRandom): Buffer {
  let bytes = corpus[random.below(corpus.length)]!;
  for (let i = random.below(3); i >= 0; i--) bytes = mutations[random.below(mutations.length)]!(bytes, random, corpus);
  return bytes;
}
