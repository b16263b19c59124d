import { command } from "../command.js";
import { nodeOptions } from "../client.js";
import { checks, type Finding } from "../doctor/checks.js";
import { EXIT } from "../exit.js";

export const doctor = command({
  path: "doctor",
  summary: "Look for what stops a node: Node version, natives, settings, keys, ports, disk, clock. Changes nothing.",
  options: nodeOptions,
  example: ["doctor", "doctor --home /var/lib/tribd -o json"],
  async run(values, world) {
    const findings: Finding[] = [];
    for (const [name, check] of Object.entries(checks)) findings.push({ check: name, ...(await check(world, values)) });
    const { tone } = world.out;
    const marks = { ok: tone.good("ok"), warn: tone.warn("warn"), bad: tone.bad("BAD") };
    world.out.rows(findings, [
      { title: "CHECK", cell: (row) => row.check },
      { title: "IS", cell: (row) => row.verdict },
      { title: "FOUND", cell: (row) => row.found },
    ]);
    for (const { check, verdict, fix } of findings)
      if (fix !== undefined) world.out.note(`${marks[verdict]} ${check}: ${fix}`);
    return findings.some(({ verdict }) => verdict === "bad") ? EXIT.failed : EXIT.ok;
  },
});
