import { toBase64 } from "#proto/base64.js";
import { toBech32 } from "#proto/crypto/address.js";
import { validatorAddress } from "#proto/crypto/ed25519.js";
import { peerId, readNodeKey, readValidatorKey } from "#node/config/identity.js";
import { command } from "../../command.js";
import type { World } from "../../world.js";

/** The id of the network key of this home. */
export const printNodeId = ({ home, out }: World): void => out.line(peerId(readNodeKey(home).publicKey));

/** As genesis add-validator takes it. */
export function printConsensusKey({ home, out }: World): void {
  const key = toBase64(readValidatorKey(home).publicKey);
  out.line(JSON.stringify({ "@type": "/cosmos.crypto.ed25519.PubKey", key }));
}

export default [
  command({
    path: "comet show-node-id",
    summary: "Print the id by which others dial this node.",
    example: ["comet show-node-id"],
    async run(_values, world) {
      printNodeId(world);
    },
  }),
  command({
    path: "comet show-validator",
    summary: "Print this validator's consensus key as JSON.",
    example: ["comet show-validator"],
    async run(_values, world) {
      printConsensusKey(world);
    },
  }),
  command({
    path: "comet show-address",
    summary: "Print this validator's consensus address.",
    example: ["comet show-address"],
    async run(_values, world) {
      const address = validatorAddress(readValidatorKey(world.home).publicKey);
      world.out.line(toBech32(`${world.terms.prefix}valcons`, address));
    },
  }),
];
