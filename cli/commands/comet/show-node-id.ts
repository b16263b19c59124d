import { peerId, readNodeKey } from "#node/config/identity.js";
import { command } from "../../command.js";

export default command({
  path: "comet show-node-id",
  summary: "Print the id by which others dial this node.",
  example: ["comet show-node-id"],
  async run(_values, world) {
    world.out.line(peerId(readNodeKey(world.home).publicKey));
  },
});
