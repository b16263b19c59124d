import { connect, nodeOptions } from "../../client.js";
import { command } from "../../command.js";
import { opt } from "../../option.js";

export default command({
  path: "query block-results",
  summary: "Show the results of a block as JSON: results and events of its transactions, and its own events.",
  args: { height: opt.u64("Height (default: the latest).") },
  options: nodeOptions,
  example: ["query block-results 42"],
  async run(values, world) {
    world.out.document(await connect(values, world).call("block_results", { height: values.height }));
  },
});
