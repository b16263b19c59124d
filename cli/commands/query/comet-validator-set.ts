import { connect, nodeOptions } from "../../client.js";
import { command } from "../../command.js";
import { opt } from "../../option.js";

export default command({
  path: "query comet-validator-set",
  summary: "List the validators of a height with their powers.",
  args: { height: opt.u64("Height (default: the latest).") },
  options: nodeOptions,
  example: ["query comet-validator-set", "query comet-validator-set 42 -o json"],
  async run(values, world) {
    const set = await connect(values, world).validators(values.height);
    world.out.rows(set, [
      { title: "ADDRESS", cell: (row) => row.address },
      { title: "POWER", cell: (row) => row.voting_power, right: true },
      { title: "PRIORITY", cell: (row) => row.proposer_priority, right: true },
    ]);
  },
});
