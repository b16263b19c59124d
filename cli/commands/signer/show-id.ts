import { peerId, readNodeKey } from "#node/config/identity.js";
import { command } from "../../command.js";

export default command({
  path: "signer show-id",
  summary: "Print the id for the node's setting priv_validator_peer_id.",
  example: ["signer show-id --home /var/lib/tribd-signer"],
  async run(_values, world) {
    world.out.line(peerId(readNodeKey(world.home).publicKey));
  },
});
