import { readFileSync } from "node:fs";
import { CliFault, usage } from "../fault.js";
import { fromSetting, opt, section, withDefault, type Values } from "../option.js";
import type { World } from "../world.js";
import { Keyring } from "./keyring.js";

export const keyringOptions = section("Keyring", {
  keyringBackend: fromSetting(
    "keyring-backend",
    withDefault(opt.choice("Where keys are kept: file is encrypted, test is not.", ["file", "test"]), "file"),
  ),
  keyringDir: opt.text("Folder of the keyring (default the home directory).", "dir"),
  passwordFile: opt.text("File whose first line is the keyring's password.", "file"),
});

export type KeyringValues = Values<typeof keyringOptions>;

const PASSWORD_LENGTH_MIN = 8;

export function openKeyring(values: KeyringValues, world: World): Keyring {
  return new Keyring(values.keyringBackend, values.keyringDir ?? world.home.root, {
    random: (bytes) => world.system.random(bytes),
    password: (isNew) => readPassword(values, world, isNew),
  });
}

/** Said where a secret is about to be written. */
export function warnIfPlain(keyring: Keyring, world: World): void {
  if (keyring.backend === "test") world.out.warn("the test keyring is not encrypted: for development only");
}

/** From --password-file, else asked: hidden at a terminal, one line of a pipe. A new password at a terminal is asked twice. */
export async function readPassword(
  values: { readonly passwordFile: string | undefined },
  world: World,
  isNew: boolean,
): Promise<string> {
  const password = values.passwordFile === undefined ? await asked(world, isNew) : firstLine(values.passwordFile);
  if (isNew && password.length < PASSWORD_LENGTH_MIN) {
    throw usage(`a password needs at least ${PASSWORD_LENGTH_MIN} characters`);
  }
  return password;
}

async function asked(world: World, isNew: boolean): Promise<string> {
  if (!isNew) return await world.prompt.secret("Keyring password: ");
  const password = await world.prompt.secret("New keyring password (at least 8 characters): ");
  if (world.prompt.isTerminal && (await world.prompt.secret("Again: ")) !== password) {
    throw usage("the two passwords differ");
  }
  return password;
}

function firstLine(path: string): string {
  try {
    return readFileSync(path, "utf8").split(/\r?\n/)[0] ?? "";
  } catch (cause) {
    throw new CliFault("password_file", `--password-file ${path} cannot be read`, { exit: 7, cause });
  }
}
