import { connect, nodeOptions } from "../../client.js";
import { command } from "../../command.js";
import { EXIT } from "../../exit.js";
import { readHash } from "../../hashes.js";
import { opt } from "../../option.js";

export default command({
  path: "query block",
  summary: "Show a block as JSON; the latest unless a height or a hash is given.",
  args: { height: opt.u64("Its height.") },
  options: { hash: opt.of("Its hash instead of a height.", "hash", readHash), ...nodeOptions },
  example: ["query block", "query block 42 | jq -r .block.header.app_hash"],
  async run(values, world) {
    const node = connect(values, world);
    const { hash, height } = values;
    world.out.document(
      hash === undefined ? await node.call("block", { height }) : await node.call("block_by_hash", { hash }),
    );
    return EXIT.ok;
  },
});
