import { command } from "../../command.js";
import { consensusKeyJson } from "../comet/show-validator.js";

export default command({
  path: "signer show-validator",
  summary: "Print the consensus key that this signer holds as JSON, for the genesis.",
  example: ["signer show-validator --home /var/lib/tribd-signer"],
  async run(_values, world) {
    world.out.line(consensusKeyJson(world.home));
  },
});
