import { deepCheck } from "#node/home/deep-check.js";
import { command } from "../command.js";
import { nodeOptions } from "../client.js";
import { checks, type Finding } from "../doctor/checks.js";
import { EXIT } from "../exit.js";
import { opt } from "../option.js";
import type { World } from "../world.js";

export default command({
  path: "doctor",
  summary:
    "Check what can stop a node: Node version, natives, settings, keys, ports, disk, peers, clock. Changes nothing.",
  details:
    "--deep reads the whole database of a stopped node: the checksums of its files and of every record, the state root recomputed from the flat values and compared with the tree, every block, and all invariants. Damage is named and the exit code is 1.",
  options: { ...nodeOptions, deep: opt.flag("Also read and recompute everything that the node keeps; stop it first.") },
  example: ["doctor", "doctor --deep", "doctor --home /var/lib/tribd -o json"],
  async run(values, world) {
    const findings: Finding[] = [];
    for (const [name, check] of Object.entries(checks)) findings.push({ check: name, ...(await check(world, values)) });
    if (values.deep) findings.push(...(await deepFindings(world)));
    const { tone } = world.out;
    const marks = { ok: tone.good("ok"), warn: tone.warn("warn"), bad: tone.bad("BAD") };
    world.out.rows(findings, [
      { title: "CHECK", cell: (row) => row.check },
      { title: "IS", cell: (row) => row.verdict },
      { title: "FOUND", cell: (row) => row.found },
    ]);
    for (const { check, verdict, fix } of findings) {
      if (fix !== undefined) world.out.note(`${marks[verdict]} ${check}: ${fix}`);
    }
    return findings.some(({ verdict }) => verdict === "bad") ? EXIT.failed : EXIT.ok;
  },
});

async function deepFindings({ home }: World): Promise<Finding[]> {
  return (await deepCheck(home)).map(({ check, found, problems }) => {
    if (problems.length === 0) return { check: `deep: ${check}`, verdict: "ok", found };
    const fix = `${problems.join("; ")}. Restore this node: tribd comet unsafe-reset-all, then tribd snapshots restore`;
    return { check: `deep: ${check}`, verdict: "bad", found: `${found}; ${problems.length} problems`, fix };
  });
}
