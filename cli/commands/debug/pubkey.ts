import { toBech32 } from "#proto/crypto/address.js";
import { validatorAddress } from "#proto/crypto/ed25519.js";
import { accountAddress } from "#proto/crypto/secp256k1.js";
import { fromBase64 } from "#proto/base64.js";
import { toHex } from "#proto/bytes.js";
import { command } from "../../command.js";
import { usage } from "../../fault.js";
import { must, opt } from "../../option.js";

export default command({
  path: "debug pubkey",
  summary: "Show the addresses of a public key.",
  args: { pubkey: must(opt.text('The key: {"@type":"...","key":"..."}.')) },
  example: [`debug pubkey '{"@type":"/cosmos.crypto.secp256k1.PubKey","key":"A..."}'`],
  async run({ pubkey }, world) {
    const { type, key } = readKey(pubkey);
    const { prefix } = world.terms;
    if (type === "/cosmos.crypto.secp256k1.PubKey" && key.length === 33) {
      const address = accountAddress(key);
      world.out.data({
        type,
        address: toHex(address).toUpperCase(),
        account: toBech32(prefix, address),
        operator: toBech32(`${prefix}valoper`, address),
      });
    } else if (type === "/cosmos.crypto.ed25519.PubKey" && key.length === 32) {
      const address = validatorAddress(key);
      world.out.data({ type, address: toHex(address).toUpperCase(), consensus: toBech32(`${prefix}valcons`, address) });
    } else throw usage("a secp256k1 key of 33 bytes or an ed25519 key of 32 bytes is needed");
  },
});

function readKey(text: string): { type: string; key: Uint8Array } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw usage("this is not JSON");
  }
  const { "@type": type, key } = json as { "@type"?: unknown; key?: unknown };
  const bytes = typeof key === "string" ? fromBase64(key) : undefined;
  if (typeof type !== "string" || bytes === undefined) throw usage("an @type and a key in base64 are needed");
  return { type, key: bytes };
}
