import type { Committer } from "#proto/attribution/lookups.js";
import { factsOf, keysOf, weightOf, wordsOf, type Talk, type World } from "./world.js";

/**
 * The rule once more, as the text says it: words instead of hashes, every token against every token, no table. The tests
 * compare it with the rule of the chain.
 */
export interface Verdict {
  readonly payee: number;
  readonly reason: string;
  readonly contester: number;
  readonly unlicensed: number;
}

interface Text {
  readonly words: readonly string[];
  readonly keys: readonly string[];
  /** By place of a word: the places of the windows over it. */
  readonly over: readonly (readonly number[])[];
}
interface Mark extends Text {
  readonly datanet: number | undefined;
}

const RUN = 20;
const textOf = (text: string): Text => {
  const [words, keys] = [wordsOf(text), keysOf(text)];
  const ends = keys.map((_, from) => {
    let [end, weight] = [from, 0];
    while (weight < 32) weight += weightOf(words[end++]!);
    return end;
  });
  const places = [...keys.keys()];
  const over = words.map((_, at) => places.filter((place) => place <= at && ends[place]! > at));
  return { words, keys, over };
};
const weigh = (words: readonly string[]): number => words.reduce((sum, word) => sum + weightOf(word), 0);

export function refer(talk: Talk, world: World): Verdict[] {
  const { records } = world;
  const facts = factsOf(world);
  const answer = textOf(talk.answer);
  const own = new Set((talk.own ?? []).flatMap(keysOf));
  const context: Mark[] = [
    ...(talk.marked ?? []).map(([text, datanet]) => ({ ...textOf(text), datanet })),
    ...(talk.added ?? []).map((text) => ({ ...textOf(text), datanet: undefined })),
  ];
  const named = new Set([...(world.licensed ?? []), ...(talk.named ?? [])]);

  const work = (id: bigint): Committer => records.works.get(id)!;
  const oldest = (list: readonly Committer[]): Committer | undefined =>
    list.reduce<Committer | undefined>(
      (best, next) => (best === undefined || records.older(next.contribution, best.contribution) ? next : best),
      undefined,
    );
  const first = (key: string): Committer | undefined => {
    const entry = world.common?.has(key) ? undefined : records.entries.get(key);
    return entry === undefined ? undefined : oldest([...entry.standing].map(work));
  };
  const byRelease = ({ contribution, datanet, intentHeight }: Committer): boolean =>
    (world.licensed ?? []).includes(Number(datanet)) &&
    records.released.has(contribution) &&
    intentHeight < BigInt(world.versionHeight ?? 100);
  const byContext = (key: string, { datanet, acceptedHeight }: Committer): boolean => {
    if (!named.has(Number(datanet)) || acceptedHeight === undefined) return false;
    if (acceptedHeight >= BigInt(talk.time ?? 200)) return false;
    const holding = context.filter(({ keys }) => keys.includes(key));
    return holding.some((text) => !facts.admitsAnybody(datanet) || text.datanet === Number(datanet));
  };
  const known = new Map<string, Committer | undefined>();
  const payeeOf = (key: string): Committer | undefined => {
    if (!known.has(key)) known.set(key, findPayee(key));
    return known.get(key);
  };
  const findPayee = (key: string): Committer | undefined => {
    if (own.has(key) || world.common?.has(key)) return undefined;
    const places = [...(records.entries.get(key)?.places.values() ?? [])].map(work);
    return oldest(places.filter(byRelease)) ?? oldest(places.filter((place) => byContext(key, place)));
  };

  const paidHere = answer.keys.map((key, i) => (answer.keys.indexOf(key) === i ? payeeOf(key) : undefined));
  const verdicts = answer.words.map((_, at) => {
    const windows = answer.over[at]!;
    const votes = windows.flatMap((place) => paidHere[place] ?? []);
    const most = Math.max(0, ...votes.map((vote) => votes.filter((other) => other === vote).length));
    const payee = oldest(votes.filter((vote) => votes.filter((other) => other === vote).length === most));
    const is = (test: (key: string, place: number) => boolean): boolean =>
      windows.some((place) => test(answer.keys[place]!, place));
    const reason = is((key) => own.has(key))
      ? "promptEcho"
      : is((key) => world.common?.has(key) ?? false)
        ? "common"
        : is((key, place) => answer.keys.indexOf(key) < place)
          ? "repeated"
          : is((key) => records.entries.has(key))
            ? "notEligible"
            : "unmatched";
    return { payee, reason, text: undefined as Text | undefined, place: 0 };
  });

  // Runs: at each token of the answer the heaviest run, then all in order.
  const placePayee = (text: Text, at: number): Committer | undefined =>
    oldest(text.over[at]!.flatMap((place) => payeeOf(text.keys[place]!) ?? []));
  interface Run {
    readonly token: number;
    readonly span: number;
    readonly place: number;
    readonly words: readonly string[];
    readonly senior: Committer | undefined;
  }
  const before = (a: Run, b: Run): boolean => {
    if (weigh(a.words) !== weigh(b.words)) return weigh(a.words) > weigh(b.words);
    if (a.senior !== b.senior) {
      if (a.senior === undefined || b.senior === undefined) return a.senior !== undefined;
      return records.older(a.senior.contribution, b.senior.contribution);
    }
    if (a.token !== b.token) return a.token < b.token;
    return a.span === b.span ? a.place < b.place : a.span < b.span;
  };
  const runs: Run[] = [];
  for (let token = 0; token < answer.words.length; token++) {
    let best: Run | undefined;
    for (const [span, text] of context.entries()) {
      for (let place = 0; place < text.words.length; place++) {
        let size = 0;
        while (token + size < answer.words.length && answer.words[token + size] === text.words[place + size]) size++;
        const words = answer.words.slice(token, token + size);
        if (weigh(words) < RUN) continue;
        const senior = oldest(words.flatMap((_, i) => placePayee(text, place + i) ?? []));
        const run = { token, span, place, words, senior };
        if (best === undefined || before(run, best)) best = run;
      }
    }
    if (best !== undefined) runs.push(best);
  }
  runs.sort((a, b) => (before(a, b) ? -1 : 1));
  const decided = new Set<number>();
  const used = new Set<string>();
  for (const { token, span, place, words } of runs) {
    for (let i = 0; i < words.length; i++) {
      if (decided.has(token + i) || used.has(`${span}/${place + i}`)) continue;
      decided.add(token + i);
      used.add(`${span}/${place + i}`);
      const verdict = verdicts[token + i]!;
      if (verdict.payee !== undefined || !["unmatched", "notEligible"].includes(verdict.reason)) continue;
      verdict.payee = placePayee(context[span]!, place + i);
      if (verdict.payee !== undefined) Object.assign(verdict, { text: context[span]!, place: place + i });
    }
  }

  return verdicts.map(({ payee, reason, text, place }, at) => {
    const keys = [
      ...answer.over[at]!.map((i) => answer.keys[i]!),
      ...(text === undefined ? [] : text.over[place]!.map((i) => text.keys[i]!)),
    ];
    const contest = keys.flatMap((key) => {
      const by = first(key);
      if (payee === undefined || by === undefined) return [];
      const isOlder = records.older(by.contribution, payee.contribution);
      return isOlder && by.owner.join() !== payee.owner.join() ? [by] : [];
    });
    const firsts = answer.over[at]!.flatMap((i) => first(answer.keys[i]!) ?? []);
    const unlicensed = payee === undefined && reason === "notEligible" ? oldest(firsts) : undefined;
    const id = (committer: Committer | undefined): number => Number(committer?.contribution ?? 0n);
    return {
      payee: id(payee),
      reason: payee === undefined ? reason : "",
      contester: id(oldest(contest)),
      unlicensed: id(unlicensed),
    };
  });
}
