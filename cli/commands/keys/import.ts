import { equalBytes, fromHex, type Bytes } from "#proto/bytes.js";
import { secp256k1PublicKey } from "#proto/crypto/secp256k1.js";
import { readJsonFile } from "#node/config/json-file.js";
import { command } from "../../command.js";
import { signing, usage } from "../../fault.js";
import { keyringOptions, openKeyring, readPassword, warnIfPlain } from "../../keyring/open.js";
import { readPublicKey } from "../../keyring/record.js";
import { unseal, type SealedSecret } from "../../keyring/secret.js";
import { must, opt } from "../../option.js";
import type { World } from "../../world.js";
import { shownKey } from "./show-key.js";

export default command({
  path: "keys import",
  summary: "Import a key that `keys export` printed, or a bare secret key from stdin.",
  args: { name: must(opt.text("Name of the key.")), file: opt.text("The exported file.") },
  options: {
    exportPasswordFile: opt.text("File whose first line decrypts the export; else it is asked.", "file"),
    unarmoredHex: opt.flag("Read 64 hex digits from the terminal or stdin instead of a file."),
    ...keyringOptions,
  },
  example: ["keys import alice alice.key.json", "keys import alice --unarmored-hex < key.hex"],
  async run(values, world) {
    if ((values.file === undefined) === !values.unarmoredHex) {
      throw usage("either an exported file or --unarmored-hex is needed");
    }
    const keyring = openKeyring(values, world);
    warnIfPlain(keyring, world);
    const secretKey =
      values.file === undefined
        ? await bareKey(world)
        : await exportedKey(values.file, values.exportPasswordFile, world);
    const key = await keyring.add(values.name, secretKey);
    secretKey.fill(0);
    world.out.data(shownKey(key, world.terms));
  },
});

async function bareKey(world: World): Promise<Bytes> {
  const bytes = fromHex((await world.prompt.secret("Secret key in hex: ")).trim());
  if (bytes?.length === 32 && isScalar(bytes)) return bytes;
  throw usage("this is not a secp256k1 secret key: 64 hex digits are needed");
}

function isScalar(bytes: Bytes): boolean {
  try {
    secp256k1PublicKey(bytes);
    return true;
  } catch {
    return false; // Zero, or not below the curve's order.
  }
}

async function exportedKey(path: string, passwordFile: string | undefined, world: World): Promise<Bytes> {
  const json = readJsonFile(path) as
    { version?: unknown; type?: unknown; pubkey?: unknown; crypto?: unknown } | undefined;
  if (json === undefined) throw usage(`${path} does not exist`);
  const publicKey = readPublicKey(json.pubkey);
  if (
    json.version !== 1 ||
    json.type !== "tributary/exported-key" ||
    publicKey === undefined ||
    typeof json.crypto !== "object" ||
    json.crypto === null
  ) {
    throw usage(`${path} is not a file that tribd keys export wrote`);
  }
  const password =
    passwordFile === undefined
      ? await world.prompt.secret("Password of the exported file: ")
      : await readPassword({ passwordFile }, world, false);
  const secretKey = await unseal(json.crypto as SealedSecret, password, publicKey);
  if (equalBytes(secp256k1PublicKey(secretKey), publicKey)) return secretKey;
  throw signing("key_file_invalid", `the secret in ${path} does not belong to its public key`);
}
