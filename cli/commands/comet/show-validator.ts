import { base64 } from "@scure/base";
import { readValidatorKey } from "#node/config/identity.js";
import { command } from "../../command.js";
import { EXIT } from "../../exit.js";

export const cometShowValidator = command({
  path: "comet show-validator",
  summary: "Print this validator's consensus key as JSON.",
  example: ["comet show-validator"],
  async run(_values, world) {
    const key = base64.encode(readValidatorKey(world.home).publicKey);
    world.out.line(JSON.stringify({ "@type": "/cosmos.crypto.ed25519.PubKey", key }));
    return EXIT.ok;
  },
});
