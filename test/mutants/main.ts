import { availableParallelism } from "node:os";
import { optionsOf, refuse } from "#test/fixtures/options.js";
import { checks } from "./checks.js";
import { StaleMutant, type Mutant } from "./mutant.js";
import { mutants } from "./tables/all.js";
import { Workshop, type Verdict } from "./workshop.js";

/**
 * Breaks one rule after the other and asks which check sees it. The last line is one JSON object; names in it never change
 * once published. Status 1 when a mutant was missed, 2 when one does not fit the program any more or a check fails without it.
 */
const MUTANT_SECONDS_MAX = 600;
const { values } = optionsOf("npm run mutants -- [--only a,b] [--checks a,b] [--all-checks] [--jobs n] [--json]", {
  options: {
    only: { type: "string" },
    checks: { type: "string" },
    "all-checks": { type: "boolean", default: false },
    jobs: { type: "string", default: `${availableParallelism()}` },
    json: { type: "boolean", default: false },
  },
});

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const only = values.only?.split(",") ?? [""];
const wanted = mutants.filter(({ name, rule }) => only.some((words) => `${rule} ${name}`.includes(words)));
const used = checks.filter(({ name }) => values.checks === undefined || values.checks.split(",").includes(name));
if (wanted.length === 0) refuse(`no mutant is called ${values.only}`);
if (used.length === 0) refuse(`there are these checks: ${checks.map(({ name }) => name).join(", ")}`);
if (!/^[1-9][0-9]?$/.test(values.jobs)) refuse("--jobs is a number");

interface Found {
  readonly mutant: Mutant;
  readonly verdicts: readonly Verdict[];
}

async function examine(workshop: Workshop, mutant: Mutant): Promise<Found> {
  return workshop.withMutant(mutant, async () => {
    const verdicts: Verdict[] = [];
    const spent = (): number => verdicts.reduce((sum, { seconds }) => sum + seconds, 0);
    for (const check of used) {
      if (spent() >= MUTANT_SECONDS_MAX) break;
      const verdict = await workshop.run(check, MUTANT_SECONDS_MAX - spent());
      verdicts.push(verdict);
      if (verdict.caught && !values["all-checks"]) break;
    }
    return { mutant, verdicts };
  });
}

function tell({ mutant, verdicts }: Found): void {
  const by = verdicts.filter(({ caught }) => caught);
  const seconds = verdicts.reduce((sum, verdict) => sum + verdict.seconds, 0).toFixed(1);
  const how = by.map(({ check, hangs }) => (hangs ? `${check} (hangs)` : check)).join(", ");
  say(`${mutant.rule.padEnd(10)} ${mutant.name}: ${how === "" ? "MISSED" : how} in ${seconds} s`);
}

/** A check that fails without a mutant says nothing about one. */
async function soundChecks(workshop: Workshop): Promise<void> {
  for (const check of used) {
    const { caught, seconds } = await workshop.run(check, check.limit);
    if (caught) refuse(`${check.name} fails without any mutant`);
    if (!values.json) say(`${check.name} is green in ${seconds} s`);
  }
}

const workshops = Array.from({ length: Math.min(Number(values.jobs), wanted.length) }, () => new Workshop());
process.on("exit", () => workshops.forEach((workshop) => workshop.close()));
await soundChecks(workshops[0]!);

const found: Found[] = [];
const stale: string[] = [];
const queue = [...wanted];
await Promise.all(
  workshops.map(async (workshop) => {
    for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
      try {
        const result = await examine(workshop, mutant);
        found.push(result);
        if (!values.json) tell(result);
      } catch (error) {
        if (!(error instanceof StaleMutant)) throw error;
        stale.push(error.message);
        say(`STALE ${error.message}`);
      }
    }
  }),
);

const missed = found.filter(({ verdicts }) => !verdicts.some(({ caught }) => caught));
if (!values.json) {
  for (const { name } of used) {
    const times = found.flatMap(({ verdicts }) => verdicts.filter(({ check, caught }) => caught && check === name));
    const slowest = Math.max(0, ...times.map(({ seconds }) => seconds));
    say(`${name} caught ${times.length}, the slowest in ${slowest} s`);
  }
}
process.stdout.write(
  `${JSON.stringify({
    mutants: wanted.length,
    caught: found.length - missed.length,
    missed: [...missed.map(({ mutant }) => ({ name: mutant.name, rule: mutant.rule })), ...stale],
  })}\n`,
);
process.exit(stale.length > 0 ? 2 : missed.length > 0 ? 1 : 0);
