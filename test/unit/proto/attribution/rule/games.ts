import fc from "fast-check";
import { Records, wordsOf, type Talk, type Work, type World } from "./world.js";

/** Random small games: few words, so that texts share windows and runs; everybody may own, name and withdraw anything. */

const VOCABULARY = ["river", "mill", "ford", "weir", "lock", "dam", "pool", "fen", "^bank", "~reed", "~mud"];

const text = (min: number, max: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...VOCABULARY), { minLength: min, maxLength: max }).map((words) => words.join(" "));

/** Pieces of the given texts, with words between them; sometimes a word is replaced. */
const quoting = (texts: readonly string[], max: number): fc.Arbitrary<string> => {
  const piece = fc.record({
    of: fc.noBias(fc.nat(Math.max(0, texts.length - 1))),
    from: fc.noBias(fc.nat(20)),
    size: fc.noBias(fc.integer({ min: 4, max: 28 })),
    broken: fc.option(fc.nat(23), { freq: 2 }),
    filler: fc.constantFrom("", "zz", "river mill"),
  });
  return fc.array(piece, { minLength: 1, maxLength: max }).map((pieces) =>
    pieces
      .map(({ of, from, size, broken, filler }) => {
        const words = wordsOf(texts[of] ?? "river").slice(from, from + size);
        if (broken !== null && broken < words.length) words[broken] = "qq";
        return `${words.join(" ")} ${filler}`;
      })
      .join(" ")
      .trim(),
  );
};

export interface Game {
  readonly world: World;
  readonly talk: Talk;
  readonly works: readonly Work[];
}

const datanet = fc.constantFrom(1, 2, 3);

export const game: fc.Arbitrary<Game> = fc
  .noBias(fc.array(text(16, 40), { minLength: 2, maxLength: 3 }))
  .chain((sources) =>
    fc
      .record({
        works: fc.array(
          fc.record({
            texts: fc.array(fc.oneof(fc.constantFrom(...sources), quoting(sources, 3)), { minLength: 1, maxLength: 2 }),
            datanet,
            owner: fc.constantFrom("a", "b", "c"),
            intent: fc.integer({ min: 1, max: 12 }),
            accepted: fc.constantFrom(50, 50, 50, 300, false as const),
            releasedAfter: fc.boolean(),
            withdrawn: fc.constantFrom(0, 1, 2, 9, 9, 9, 9, 9, 9, 9, 9, 9),
          }),
          { minLength: 2, maxLength: 6 },
        ),
        licensed: fc.uniqueArray(datanet, { maxLength: 2 }),
        open: fc.uniqueArray(datanet, { maxLength: 2 }),
        named: fc.uniqueArray(datanet, { minLength: 1, maxLength: 2 }),
        versionHeight: fc.constantFrom(6, 100, 100),
        commonOf: fc.constantFrom(0, -1, -1, -1),
        own: fc.array(quoting(sources, 1), { maxLength: 1 }),
        answered: fc.array(quoting(sources, 1), { maxLength: 1 }),
        marked: fc.array(fc.tuple(quoting(sources, 3), fc.constantFrom(1, 2, 3, undefined)), { maxLength: 2 }),
        added: fc.array(quoting(sources, 3), { maxLength: 2 }),
        answer: fc.noBias(quoting(sources, 5)),
      })
      .map(({ works: made, licensed, open, named, versionHeight, commonOf, ...talk }) => {
        const works = made.map((work, i): Work => {
          const { texts, datanet: net, owner, intent, accepted } = work;
          return { id: i + 1, texts, datanet: net, owner, intent, intentIndex: i, accepted };
        });
        const records = new Records();
        const withdrawn = new Set<number>();
        for (const [i, work] of works.entries()) {
          records.complete(work);
          if (work.accepted !== false) records.accept(work.id);
          if (made[i]!.releasedAfter) for (const net of licensed) records.release(net);
          const gone = made[i]!.withdrawn;
          if (gone < i && !withdrawn.has(gone)) {
            withdrawn.add(gone);
            records.withdraw(gone + 1);
          }
        }
        const keys = [...records.entries.keys()];
        const common = new Set(keys.filter((_, i) => i % 7 === commonOf));
        return { works, world: { records, licensed, open, common, versionHeight }, talk: { ...talk, named } };
      }),
  );
