import { command } from "../../command.js";
import { printConsensusKey, printNodeId } from "../comet/show.js";

export default [
  command({
    path: "signer show-validator",
    summary: "Print the consensus key that this signer holds as JSON, for the genesis.",
    example: ["signer show-validator --home /var/lib/tribd-signer"],
    async run(_values, world) {
      printConsensusKey(world);
    },
  }),
  command({
    path: "signer show-id",
    summary: "Print the id for the node's setting priv_validator_peer_id.",
    example: ["signer show-id --home /var/lib/tribd-signer"],
    async run(_values, world) {
      printNodeId(world);
    },
  }),
];
