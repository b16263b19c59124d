import { exportHome } from "#node/home/export-genesis.js";
import { command } from "../command.js";
import { opt } from "../option.js";

export default command({
  path: "export",
  summary: "Print the whole state of a stopped node as genesis JSON.",
  details:
    "Balances, accounts and all records of all modules carry over. Blocks and history do not, the height begins at 1 again, and beacon and proposer priorities begin anew; heights inside of records stay as they are.",
  options: { height: opt.u64("State after this height (default: the last one).", "height") },
  example: ["export > genesis.json", "export --height 120000 | tribd genesis validate -"],
  async run({ height }, world) {
    for await (const piece of exportHome(world.home, height)) world.out.line(piece);
  },
});
