import { command } from "../../command.js";
import { usage } from "../../fault.js";
import { checkHdPath, checkMnemonic, deriveSecretKey, hdPath, newMnemonic } from "../../keyring/hd.js";
import { keyringOptions, openKeyring, warnIfPlain } from "../../keyring/open.js";
import { readPublicKey } from "../../keyring/record.js";
import { must, opt, withDefault } from "../../option.js";
import { accountAddress, secp256k1PublicKey } from "#proto/crypto/secp256k1.js";
import { developmentAccounts } from "../../dev/accounts.js";
import { warnOfDevelopmentMnemonic } from "../../dev/guard.js";
import { shownKey } from "./show-key.js";

export default command({
  path: "keys add",
  summary: "Create a key, recover one from its mnemonic, or add a public key to watch.",
  details: "The mnemonic is printed once and not stored: write it down. Nothing else recovers the key.",
  args: { name: must(opt.text("Name of the key.")) },
  options: {
    recover: opt.flag("Read the mnemonic from the terminal or stdin instead of making one."),
    dev: opt.flag("Take the public key of a development role: alice, bob, carol, dave, erin, frank, grace, heidi."),
    dryRun: opt.flag("Show the key and keep nothing."),
    noBackup: opt.flag("Do not print the mnemonic."),
    words: withDefault(opt.choice("Words of a new mnemonic.", ["12", "24"]), "24"),
    account: withDefault(opt.integer("Account number of the derivation path.", 0, 2 ** 31 - 1), 0),
    index: withDefault(opt.integer("Address index of the derivation path.", 0, 2 ** 31 - 1), 0),
    coinType: withDefault(opt.integer("SLIP-44 coin type of the derivation path.", 0, 2 ** 31 - 1), 118),
    hdPath: opt.of("The whole derivation path; beats account, index and coin type.", "m/44'/118'/0'/0/0", checkHdPath),
    pubkey: opt.text('Watch this public key: {"@type":"/cosmos.crypto.secp256k1.PubKey","key":"..."}.', "json"),
    ...keyringOptions,
  },
  example: [
    "keys add alice",
    "keys add alice --recover < mnemonic.txt",
    "keys add ci --keyring-backend test -o json | jq -r .address",
  ],
  async run(values, world) {
    const keyring = openKeyring(values, world);
    warnIfPlain(keyring, world);
    if (values.pubkey !== undefined) {
      const publicKey = readPublicKey(parseJson(values.pubkey));
      if (publicKey === undefined) {
        throw usage("--pubkey is not a secp256k1 public key", "as `tribd keys show <name> -p` prints it");
      }
      const preview = {
        name: values.name,
        type: "offline",
        publicKey,
        address: accountAddress(publicKey),
        hdPath: undefined,
      } as const;
      world.out.data(shownKey(values.dryRun ? preview : keyring.addWatchOnly(values.name, publicKey), world.terms));
      return;
    }
    const path = values.hdPath ?? hdPath(values.account, values.index, values.coinType);
    const known = values.dev || values.recover;
    const mnemonic = values.dev
      ? roleMnemonic(values.name)
      : values.recover
        ? checkMnemonic(await world.prompt.secret("Mnemonic: "))
        : newMnemonic((bytes) => world.system.random(bytes), values.words === "12" ? 12 : 24);
    warnOfDevelopmentMnemonic(mnemonic, world);
    const secretKey = deriveSecretKey(mnemonic, path);
    const publicKey = secp256k1PublicKey(secretKey);
    const key = values.dryRun
      ? { name: values.name, type: "local" as const, publicKey, address: accountAddress(publicKey), hdPath: path }
      : await keyring.add(values.name, secretKey, path);
    secretKey.fill(0);
    const shown = shownKey(key, world.terms);
    if (known || values.noBackup) world.out.data(shown);
    else if (world.out.format === "json") world.out.data({ ...shown, mnemonic });
    else {
      world.out.data(shown);
      world.out.note(
        `\n${world.out.tone.strong("Write down this mnemonic. It is not stored, and it is the only way back to the key:")}\n\n${mnemonic}\n`,
      );
    }
  },
});

function roleMnemonic(name: string): string {
  const account = developmentAccounts.find((known) => known.name === name);
  if (account !== undefined) return account.mnemonic;
  throw usage(
    `"${name}" is not a development role`,
    developmentAccounts.map((known) => `${known.name} (${known.role})`).join(", "),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // The caller says what is expected.
  }
}
