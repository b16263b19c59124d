import assert from "node:assert/strict";
import { BILLIONTHS } from "#proto/amount.js";
import { priceReceipt } from "#proto/attribution/rule/price.js";
import { changed, ownerOf, prose, Records, ruled, slice, type Talk, type Work, type World } from "./world.js";

/** A world and what is said in it. */
interface Scene extends Omit<World, "records"> {
  readonly works: readonly Work[];
  /** What happens to the records afterwards. */
  readonly then?: (records: Records) => void;
  /** A free receipt has no pool. */
  readonly talks: readonly (Talk & { readonly free?: boolean })[];
}

/** Who gets what, in weights of tokens: a receipt's pool is the weight of its answer. */
interface Balance {
  readonly coalition: number;
  readonly others: number;
  readonly waiting: number;
}

/** Coalitions are the owners "x", "y" and "z"; all others are honest. */
function play({ works, then, talks, ...rest }: Scene): Balance {
  const records = new Records(works);
  for (const datanet of rest.licensed ?? []) records.release(datanet);
  then?.(records);
  const coalition = new Set(["x", "y", "z"].map((name) => ownerOf(name).join()));
  let [ours, theirs, waiting] = [0n, 0n, 0n];
  for (const talk of talks) {
    const ruling = ruled(talk, { ...rest, records });
    const pool = talk.free === true ? 0n : BigInt(ruling.weight) * BILLIONTHS;
    const { credits, residual } = priceReceipt(ruling, pool);
    const all = [...credits, ...residual].reduce((sum, { amount }) => sum + amount, 0n);
    assert.equal(all, pool);
    for (const { committer, amount, contested } of credits) {
      waiting += contested;
      if (coalition.has(committer.owner.join())) ours += amount - contested;
      else theirs += amount - contested;
    }
  }
  const weights = (billionths: bigint): number => Number(billionths / BILLIONTHS);
  return { coalition: weights(ours), others: weights(theirs), waiting: weights(waiting) };
}

export interface Attack {
  readonly name: string;
  readonly before: Scene;
  readonly after: Scene;
  /** Weight of tokens: what the coalition gains, what others lose for good, what is contested afterwards. */
  readonly gain: number;
  readonly taken: number;
  readonly waiting: number;
  /** Why it is no attack although the coalition gains: what the rule cannot do (README). */
  readonly limit?: string;
}

const FIRST = "who records a text first, licensed or named, is paid for it";
const OWN_WORDS = "words of an answer that no older window covers belong to who recorded them: paraphrase is not seen";

const CURATED = 1; // Licensed by the version.
const NAMED = 2; //   Curated, named by the request, not licensed.
const OPEN = 3; //    Anybody contributes.
const OTHER = 4; //   Neither licensed nor named.
const text = prose("w", 64); // Of an honest owner.
const W = 4 * 64;
const own = (id: number, datanet: number, texts: readonly string[], more: Partial<Work> = {}): Work => ({
  id,
  datanet,
  owner: "a",
  texts,
  ...more,
});
const bad = (id: number, datanet: number, texts: readonly string[], more: Partial<Work> = {}): Work =>
  own(id, datanet, texts, { owner: "x", ...more });
const scene = (works: readonly Work[], talk: Partial<Talk> = {}, more: Partial<Scene> = {}): Scene => ({
  works,
  licensed: [CURATED],
  open: [OPEN],
  talks: [{ answer: text, named: [NAMED, OPEN], ...talk }],
  ...more,
});
const honest = own(5, CURATED, [text]);
const none = { gain: 0, taken: 0, waiting: 0 };

export const attacks: readonly Attack[] = [
  {
    name: "a provider contributes an answer's text to an open datanet after answering, and adds it as context",
    before: scene([], { answer: text }),
    after: scene([bad(9, OPEN, [text], { accepted: 201 })], { added: [text] }),
    ...none,
  },
  {
    name: "the same before answering: an open datanet is never paid for added text",
    before: scene([], {}),
    after: scene([bad(9, OPEN, [text])], { added: [text] }),
    ...none,
  },
  {
    name: "a contribution that is accepted in the request's own block is declared as context",
    before: scene([], {}),
    after: scene([bad(9, NAMED, [text], { accepted: 200 })], { marked: [[text, NAMED]], added: [text] }),
    ...none,
  },
  {
    name: "a rejected contribution is added as context",
    before: scene([], {}),
    after: scene([bad(9, NAMED, [text], { accepted: false })], { marked: [[text, NAMED]], added: [text] }),
    ...none,
  },
  {
    name: "the consumer's own file is contributed to an open datanet between two turns, and added",
    before: scene([], { own: [text] }),
    after: scene([bad(9, OPEN, [text])], { own: [text], added: [text] }),
    ...none,
  },
  {
    name: "the same file to a named datanet: it stands in unmarked text, so that it is an echo, in fragments as well",
    before: scene([], { own: [text], answer: `${slice(text, 3, 9)} qq ${slice(text, 20, 40)} rr` }),
    after: scene([bad(9, NAMED, [text])], {
      own: [text],
      added: [text],
      answer: `${slice(text, 3, 9)} qq ${slice(text, 20, 40)} rr`,
    }),
    ...none,
  },
  {
    name: "an earlier answer is contributed and stands in the next request: it is neither echo nor context",
    before: scene([], { answered: [text] }),
    after: scene([bad(9, NAMED, [text]), bad(10, OPEN, [text])], { answered: [text] }),
    ...none,
  },
  {
    name: "a datanet that the request does not name is marked",
    before: scene([], { marked: [[text, OTHER]] }),
    after: scene([bad(9, OTHER, [text])], { marked: [[text, OTHER]] }),
    ...none,
  },
  {
    name: "an open datanet's text stands under a mark that names another datanet",
    before: scene([], { marked: [[text, NAMED]] }),
    after: scene([bad(9, OPEN, [text])], { marked: [[text, NAMED]], added: [text] }),
    ...none,
  },
  {
    name: "squatting before: an earlier copy in a datanet of one's own is not paid, and makes the pay wait",
    before: scene([honest]),
    after: scene([honest, bad(2, OTHER, [text])]),
    gain: 0,
    taken: 0,
    waiting: W,
  },
  {
    name: "squatting during the upload: a later intent gains nothing and contests nothing",
    before: scene([honest]),
    after: scene([honest, bad(6, CURATED, [text]), bad(7, OTHER, [text])]),
    ...none,
  },
  {
    name: "a rejected squatter keeps no accepted text out: it only contests",
    before: scene([honest]),
    after: scene([bad(2, CURATED, [text], { accepted: false }), honest]),
    gain: 0,
    taken: 0,
    waiting: W,
  },
  {
    name: "a squatter that withdrew stands against nothing new",
    before: scene([honest]),
    after: scene([honest, bad(2, OTHER, [text])], {}, { then: (records) => records.withdraw(2) }),
    ...none,
  },
  {
    name: "an old intent that is completed late takes no place that a release holds",
    before: scene([honest]),
    after: scene(
      [honest],
      {},
      {
        then: (records) => {
          records.complete(bad(2, CURATED, [text]));
          records.accept(2);
          records.release(CURATED);
        },
      },
    ),
    gain: 0,
    taken: 0,
    waiting: W,
  },
  {
    name: "a curator rejects a text and accepts its own copy: the copy's pay waits, under the name of the first",
    before: scene([own(5, CURATED, [text], { accepted: false })]),
    after: scene([own(5, CURATED, [text], { accepted: false }), bad(9, CURATED, [text])]),
    gain: 0,
    taken: 0,
    waiting: W,
  },
  {
    name: "an unlicensed text is laundered into a licensed datanet",
    before: scene([own(5, OTHER, [text])]),
    after: scene([own(5, OTHER, [text]), bad(9, CURATED, [text])]),
    gain: 0,
    taken: 0,
    waiting: W,
  },
  {
    name: "an unlicensed text is laundered into a datanet that the request names",
    before: scene([own(5, OTHER, [text])], { added: [text] }),
    after: scene([own(5, OTHER, [text]), bad(9, NAMED, [text])], { added: [text] }),
    gain: 0,
    taken: 0,
    waiting: W,
  },
  {
    name: "a laundered text is paid through fragments below a window: the text of the run is contested too",
    before: scene([own(5, OTHER, [text])], { answer: `${slice(text, 3, 9)} qq`, added: [text] }),
    after: scene([own(5, OTHER, [text]), bad(9, NAMED, [text])], { answer: `${slice(text, 3, 9)} qq`, added: [text] }),
    gain: 0,
    taken: 0,
    waiting: 24,
  },
  {
    name: "an older text in a named datanet displaces no licensed holder: it makes its pay wait",
    before: scene([honest], { added: [text] }),
    after: scene([honest, bad(2, NAMED, [text])], { added: [text] }),
    gain: 0,
    taken: 0,
    waiting: W,
  },
  {
    name: "a later text in a named datanet displaces no licensed holder",
    before: scene([honest], { added: [text] }),
    after: scene([honest, bad(9, NAMED, [text])], { added: [text] }),
    ...none,
  },
  {
    name: "a later copy in the licensed datanet earns nothing and takes nothing",
    before: scene([honest]),
    after: scene([honest, bad(9, CURATED, [text])]),
    ...none,
  },
  {
    name: "an older licensed contribution with every eighth window takes its ties alone",
    limit: FIRST,
    before: scene([honest]),
    after: scene([
      honest,
      bad(
        2,
        CURATED,
        Array.from({ length: 8 }, (_, i) => slice(text, 8 * i, 8 * i + 8)),
      ),
    ]),
    // The two tokens at either end are under its window and at most one other; the others wait.
    gain: 16,
    taken: 16,
    waiting: 240,
  },
  {
    name: "an unlicensed text with every sixth word changed is added as context: the words stand under the owner's windows",
    before: scene([own(5, OTHER, [text])], { added: [changed(text, 6)] }),
    after: scene([own(5, OTHER, [text]), bad(9, NAMED, [changed(text, 6)])], { added: [changed(text, 6)] }),
    gain: 0,
    taken: 0,
    waiting: 4 * 50,
  },
  {
    name: "a licensed near copy with every ninth word changed is contested where a window is the owner's",
    limit: OWN_WORDS,
    before: scene([own(5, OTHER, [text])], { answer: changed(text, 9) }),
    after: scene([own(5, OTHER, [text]), bad(9, CURATED, [changed(text, 9)])], { answer: changed(text, 9) }),
    // Changed words, and the word behind the last of them, are under no window of the owner's: paraphrase is not seen.
    gain: 4 * 8,
    taken: 0,
    waiting: 4 * 56,
  },
  {
    name: "a licensed near copy of a licensed text: the older owner's windows contest what the copy wins by majority",
    limit: OWN_WORDS,
    before: scene([honest], { answer: changed(text, 9) }),
    after: scene([honest, bad(9, CURATED, [changed(text, 9)])], { answer: changed(text, 9) }),
    gain: 4 * 8,
    taken: 0,
    waiting: 4 * 54,
  },
  {
    name: "a contribution of the answer's own wording takes what runs paid: paraphrase belongs to who records it",
    limit: OWN_WORDS,
    before: scene([own(5, NAMED, [text])], { answer: fragments(text), added: [text] }),
    after: scene([own(5, NAMED, [text]), bad(9, CURATED, [fragments(text)])], {
      answer: fragments(text),
      added: [text],
    }),
    gain: 4 * 24,
    taken: 4 * 21,
    waiting: 0,
  },
  {
    name: "a phrase under one recorded window is repeated: each place of the context counts once",
    before: scene([bad(9, NAMED, [slice(text, 0, 8)])], { answer: `${slice(text, 0, 7)} y0`, added: [text] }),
    after: scene([bad(9, NAMED, [slice(text, 0, 8)])], {
      answer: Array.from({ length: 20 }, (_, i) => `${slice(text, 0, 7)} y${i}`).join(" "),
      added: [text],
    }),
    ...none,
  },
  {
    name: "one recorded window does not take the chunk that holds it",
    before: scene([own(5, CURATED, [slice(text, 20)]), bad(2, NAMED, [slice(text, 0, 8)])], {
      answer: fragments(text),
      added: [slice(text, 0, 8), slice(text, 20)],
    }),
    after: scene([own(5, CURATED, [slice(text, 20)]), bad(2, NAMED, [slice(text, 0, 8)])], {
      answer: fragments(text),
      added: [text],
    }),
    ...none,
  },
  {
    name: "the whole answer is repeated: a window is paid at its first place",
    before: scene([bad(9, CURATED, [slice(text, 0, 16)])], { answer: slice(text, 0, 16) }),
    after: scene([bad(9, CURATED, [slice(text, 0, 16)])], {
      answer: Array.from({ length: 8 }, () => slice(text, 0, 16)).join(" "),
    }),
    // The 15 windows across the seam are not its own; tokens of the second copy are under windows that stood before.
    ...none,
  },
  {
    name: "unrelated text is stuffed into the licence",
    before: scene([honest]),
    after: scene([honest, ...Array.from({ length: 20 }, (_, i) => bad(10 + i, CURATED, [prose(`s${i}x`, 40)]))]),
    ...none,
  },
  {
    name: "a text is split into pieces: windows across the cuts are lost",
    before: scene([bad(9, CURATED, [text])]),
    after: scene([bad(9, CURATED, [slice(text, 0, 20), slice(text, 20, 40), slice(text, 40)])]),
    ...none,
  },
  {
    name: "the owner's pieces are split among accounts",
    before: scene([bad(9, CURATED, [text])]),
    after: scene([
      bad(9, CURATED, [slice(text, 0, 32)]),
      bad(10, CURATED, [slice(text, 32)], { owner: "y" }),
      bad(11, OTHER, [text], { owner: "z" }),
    ]),
    ...none,
  },
  {
    name: "free receipts that quote the same text change nobody's pay",
    before: scene([honest]),
    after: scene(
      [honest],
      {},
      { talks: [...Array.from({ length: 15 }, () => ({ answer: `${text} qq`, free: true })), { answer: text }] },
    ),
    ...none,
  },
  {
    name: "the commonest eight letters of a script without spaces are recorded first: they are no window",
    before: scene([own(5, CURATED, [prose("~k", 64)])], { answer: prose("~k", 64) }),
    after: scene(
      [
        own(5, CURATED, [prose("~k", 64)]),
        bad(
          2,
          CURATED,
          Array.from({ length: 57 }, (_, i) => slice(prose("~k", 64), i, i + 8)),
        ),
      ],
      { answer: prose("~k", 64) },
    ),
    ...none,
  },
  {
    name: "padding with tokens of a light script takes what it weighs",
    limit: "an answer that quotes more text pays for more text, by weight, out of a fee that is larger by as much",
    before: scene([honest, bad(9, CURATED, [prose("~k", 64)])], { answer: text }),
    after: scene([honest, bad(9, CURATED, [prose("~k", 64)])], { answer: `${text} ${prose("~k", 64)}` }),
    gain: 64, // Of a pool that is larger by the same weight: the honest share falls to 4 / 5, not to 1 / 2.
    taken: 0,
    waiting: 0,
  },
  {
    name: "the list of common phrases is recorded first: it makes nobody wait",
    before: scene([honest], {}, { common: commonOf(text) }),
    after: scene([honest, bad(2, OTHER, [slice(text, 10, 30)])], {}, { common: commonOf(text) }),
    ...none,
  },
  {
    name: "a copy of the passage, a word longer and without a payee, is added before the marked one",
    before: scene([own(5, NAMED, [text])], { answer: slice(text, 3, 9), marked: [[text]] }),
    after: scene([own(5, NAMED, [text])], { answer: slice(text, 3, 9), marked: [[slice(text, 3, 9)], [text]] }),
    ...none,
  },
  {
    name: "an older junk contribution of the launderer's account does not shield its copy",
    before: scene([own(5, OTHER, [text])]),
    after: scene([own(5, OTHER, [text]), bad(1, CURATED, [prose("j", 40)]), bad(9, CURATED, [text])]),
    gain: 0,
    taken: 0,
    waiting: W,
  },
];

/** Fragments of seven words, too short for a window, each from another part of the text. */
function fragments(of: string): string {
  return [0, 20, 40].map((from) => `${slice(of, from, from + 7)} q${from}`).join(" ");
}

function commonOf(of: string): ReadonlySet<string> {
  return new Set([...new Records([own(1, OTHER, [slice(of, 10, 30)])]).entries.keys()]);
}

/** What an attack does, measured. */
export function outcomeOf({ before, after }: Attack): Pick<Attack, "gain" | "taken" | "waiting"> {
  const [without, attacked] = [play(before), play(after)];
  const gain = attacked.coalition - without.coalition;
  const taken = Math.max(0, without.others - attacked.others - attacked.waiting);
  return { gain, taken, waiting: attacked.waiting };
}
