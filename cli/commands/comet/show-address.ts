import { toBech32 } from "#proto/crypto/address.js";
import { validatorAddress } from "#proto/crypto/ed25519.js";
import { readValidatorKey } from "#node/config/identity.js";
import { command } from "../../command.js";

export default command({
  path: "comet show-address",
  summary: "Print this validator's consensus address.",
  example: ["comet show-address"],
  async run(_values, world) {
    const address = validatorAddress(readValidatorKey(world.home).publicKey);
    world.out.line(toBech32(`${world.terms.prefix}valcons`, address));
  },
});
