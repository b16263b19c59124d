import { base64 } from "@scure/base";
import { toHex } from "#proto/bytes.js";
import { command } from "../../command.js";
import { usage } from "../../fault.js";
import { keyringOptions, openKeyring, readPassword } from "../../keyring/open.js";
import { PUBLIC_KEY_TYPE } from "../../keyring/record.js";
import { resolveKey } from "../../keyring/resolve.js";
import { seal } from "../../keyring/secret.js";
import { must, opt } from "../../option.js";

export default command({
  path: "keys export",
  summary: "Print a key, encrypted with its own password, for another machine.",
  args: { name: must(opt.text("Name or address of the key.")) },
  options: {
    exportPasswordFile: opt.text("File whose first line encrypts the export; else it is asked.", "file"),
    unarmoredHex: opt.flag("Print the bare secret key in hex. Needs --unsafe."),
    unsafe: opt.flag("Allow a secret to be printed."),
    ...keyringOptions,
  },
  example: ["keys export alice > alice.key.json", "keys export alice --unarmored-hex --unsafe"],
  async run(values, world) {
    if (values.unarmoredHex !== values.unsafe) {
      throw usage(
        "--unarmored-hex needs --unsafe, and --unsafe needs --unarmored-hex",
        "anyone who sees the screen can read the bare key",
      );
    }
    const keyring = openKeyring(values, world);
    const key = resolveKey(values.name, keyring, world.terms);
    const secretKey = await keyring.secretKey(key.name);
    if (values.unarmoredHex) {
      world.out.line(toHex(secretKey));
      return;
    }
    world.out.note("Choose a password for the exported file; it need not be the keyring's.");
    const password = await readPassword({ passwordFile: values.exportPasswordFile }, world, true);
    const sealed = await seal(secretKey, password, key.publicKey, (bytes) => world.system.random(bytes));
    world.out.document({
      version: 1,
      type: "tributary/exported-key",
      pubkey: { "@type": PUBLIC_KEY_TYPE, key: base64.encode(key.publicKey) },
      crypto: sealed,
    });
  },
});
