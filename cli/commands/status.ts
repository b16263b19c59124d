import { connect, nodeOptions } from "../client.js";
import { command } from "../command.js";

export default command({
  path: "status",
  summary: "Show a node's identity, height and validator as JSON.",
  options: nodeOptions,
  example: ["status", "status | jq -r .sync_info.latest_block_height", "status --node https://rpc.example.org"],
  async run(values, world) {
    const node = connect(values, world);
    const status = await node.call("status", {});
    world.out.document(status);
    if (status.sync_info.catching_up && (await node.call("net_info", {})).n_peers === "0") {
      world.out.warn("the node has no peers and receives no blocks: run tribd doctor on its machine");
    }
  },
});
