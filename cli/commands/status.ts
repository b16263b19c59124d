import { connect, nodeOptions } from "../client.js";
import { command } from "../command.js";
import { EXIT } from "../exit.js";

export const status = command({
  path: "status",
  summary: "Ask a node who it is, how far it is, and whether it signs; always JSON.",
  options: nodeOptions,
  example: ["status", "status | jq -r .sync_info.latest_block_height", "status --node https://rpc.example.org"],
  async run(values, world) {
    world.out.document(await connect(values, world).call("status", {}));
    return EXIT.ok;
  },
});
