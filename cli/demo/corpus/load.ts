import { readFileSync } from "node:fs";
import { join } from "node:path";
import { present } from "#proto/assert.js";

/** One State of the Union address. */
export interface Address {
  readonly year: number;
  readonly president: string;
  readonly text: string;
}

/** Finds addresses by year and president. */
export type Corpus = (year: number, president: string) => Address;

/** Those of `addresses` in submissions.ts; scripts/build.mjs writes their texts beside this module. */
export function loadCorpus(): Corpus {
  const all = JSON.parse(readFileSync(join(import.meta.dirname, "texts.json"), "utf8")) as readonly Address[];
  return (year, president) => {
    const found = all.find((address) => address.year === year && address.president === president);
    return present(found, `the build took the address of ${president} in ${year}`);
  };
}
