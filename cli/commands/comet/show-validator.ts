import { toBase64 } from "#proto/base64.js";
import type { Home } from "#node/config/home.js";
import { readValidatorKey } from "#node/config/identity.js";
import { command } from "../../command.js";

export default command({
  path: "comet show-validator",
  summary: "Print this validator's consensus key as JSON.",
  example: ["comet show-validator"],
  async run(_values, world) {
    world.out.line(consensusKeyJson(world.home));
  },
});

/** As genesis add-validator takes it. */
export function consensusKeyJson(home: Home): string {
  const key = toBase64(readValidatorKey(home).publicKey);
  return JSON.stringify({ "@type": "/cosmos.crypto.ed25519.PubKey", key });
}
