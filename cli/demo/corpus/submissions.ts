import type { Corpus } from "./load.js";
import { lightlyEdited } from "./edit.js";

/** A text to contribute. */
export interface Submission {
  readonly owner: string;
  readonly title: string;
  readonly text: string;
}

interface Row {
  readonly owner: string;
  readonly president: string;
  readonly years: readonly number[];
}

/** The addresses of each contributor. They are committed in this order, on which seniority and pay depend. */
const rows: readonly Row[] = [
  { owner: "alice", president: "George Washington", years: [1790, 1791, 1792, 1796] },
  { owner: "dave", president: "Abraham Lincoln", years: [1861, 1862, 1863, 1864] },
  { owner: "erin", president: "Franklin D Roosevelt", years: [1934, 1941, 1942, 1944] },
  { owner: "frank", president: "John F Kennedy", years: [1961, 1962] },
];

/** Contributed when the model is already published: no release of the version holds it. */
const late = { owner: "frank", president: "John F Kennedy", year: 1963 };

/** Everything that the story contributes or sends in again: what the build ships. */
export const addresses = [
  ...rows.flatMap(({ president, years }) => years.map((year) => ({ year, president }))),
  { year: late.year, president: late.president },
];

/** Each owner's own texts, and frank's copy of one of dave's with a word changed here and there. */
export function submissionsOf(corpus: Corpus): readonly Submission[] {
  const own = rows.flatMap(({ owner, president, years }) =>
    years.map((year) => ({ owner, title: `${president}, ${year}`, text: corpus(year, president).text })),
  );
  const copied = corpus(1863, "Abraham Lincoln");
  return [...own, { owner: "frank", title: "On the state of the war", text: lightlyEdited(copied.text) }];
}

/** A text that comes too late for the release, and is paid where a request marks a passage of it. */
export function lateSubmission(corpus: Corpus): Submission {
  const { owner, president, year } = late;
  return { owner, title: `${president}, ${year}`, text: corpus(year, president).text };
}

/** erin sends in, byte for byte, what alice contributed first. */
export function exactDuplicate(corpus: Corpus): Submission {
  return { owner: "erin", title: "First address", text: corpus(1790, "George Washington").text };
}
