import { fromBase64, toBase64 } from "#proto/base64.js";
import { toBech32 } from "#proto/crypto/address.js";
import { readJsonFile } from "#node/config/json-file.js";
import { command } from "../../command.js";
import { usage } from "../../fault.js";
import { keyringOptions, openKeyring } from "../../keyring/open.js";
import { resolveKey } from "../../keyring/resolve.js";
import { must, opt, short, withDefault } from "../../option.js";
import { validatorAddress } from "#proto/crypto/ed25519.js";
import { pubkeyJson, shownKey } from "./show-key.js";

const SUFFIX = { acc: "", val: "valoper", cons: "valcons" } as const;

export default command({
  path: "keys show",
  summary: "Show one key: its address, its public key.",
  args: { name: must(opt.text("Name or address of the key.")) },
  options: {
    address: short("a", opt.flag("Print the address only.")),
    pubkey: short("p", opt.flag("Print the public key only, as JSON.")),
    bech: withDefault(
      opt.choice("Which address: account, validator operator, consensus.", ["acc", "val", "cons"]),
      "acc",
    ),
    ...keyringOptions,
  },
  example: ["keys show alice", "keys show alice -a", "keys show val0 --bech val -a"],
  async run(values, world) {
    if (values.address && values.pubkey) throw usage("-a and -p cannot be used together");
    const key = resolveKey(values.name, openKeyring(values, world), world.terms);
    if (values.bech === "cons" && values.pubkey) {
      world.out.line(
        JSON.stringify({
          "@type": "/cosmos.crypto.ed25519.PubKey",
          key: toBase64(consensusKey(world.home.validatorKey)),
        }),
      );
      return;
    }
    // A consensus address belongs to the validator key of this home, not to an account's key.
    const bytes = values.bech === "cons" ? validatorAddress(consensusKey(world.home.validatorKey)) : key.address;
    const address = toBech32(world.terms.prefix + SUFFIX[values.bech], bytes);
    if (values.address) world.out.line(address);
    else if (values.pubkey) world.out.line(pubkeyJson(key.publicKey));
    else world.out.data({ ...shownKey(key, world.terms), address });
  },
});

function consensusKey(path: string): Uint8Array {
  const file = readJsonFile(path) as { pub_key?: { value?: unknown } } | undefined;
  const value = file?.pub_key?.value;
  const bytes = typeof value === "string" ? fromBase64(value) : undefined;
  if (bytes === undefined) {
    throw usage(`--bech cons needs the validator key of this home, and ${path} has none`, "tribd init makes one");
  }
  return bytes;
}
