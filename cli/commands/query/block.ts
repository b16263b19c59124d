import { connect, nodeOptions } from "../../client.js";
import { command } from "../../command.js";
import { readHash } from "../../hashes.js";
import { opt, readU64, withDefault } from "../../option.js";

export default command({
  path: "query block",
  summary: "Show a block as JSON; the latest unless a height or a hash is given.",
  args: { block: opt.text("Its height, or its hash with --type hash.") },
  options: {
    type: withDefault(opt.choice("Whether the argument is a height or a hash.", ["height", "hash"]), "height"),
    hash: opt.of("Its hash instead of a height.", "hash", readHash),
    ...nodeOptions,
  },
  example: ["query block", "query block 42 | jq -r .block.header.app_hash"],
  async run(values, world) {
    const node = connect(values, world);
    const byHash = values.type === "hash" && values.block !== undefined;
    const hash = byHash ? readHash(values.block) : values.hash;
    const height = byHash || values.block === undefined ? undefined : readU64(values.block);
    world.out.document(
      hash === undefined ? await node.call("block", { height }) : await node.call("block_by_hash", { hash }),
    );
  },
});
