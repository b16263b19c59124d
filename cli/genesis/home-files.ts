import { existsSync, mkdirSync } from "node:fs";
import type { GenesisDocument } from "#proto/types/genesis.js";
import type { Home } from "#node/config/home.js";
import { writeEmptyValidatorState, writeNodeKey, writeValidatorKey, type Identity } from "#node/config/identity.js";
import { writeFileWhole, writeJsonFile } from "#node/config/json-file.js";
import { CliFault } from "../fault.js";
import type { Settings } from "#node/config/table.js";
import { renderToml } from "#node/config/write.js";

export interface HomeContents {
  readonly node: Identity;
  readonly validator: Identity;
  readonly genesis: GenesisDocument;
  /** Settings that differ from the defaults. */
  readonly config?: Partial<Settings<"config">>;
  readonly app?: Partial<Settings<"app">>;
  readonly client?: Partial<Settings<"client">>;
}

/** @throws CliFault when one of the files is there */
export function refuseExisting(paths: readonly string[]): void {
  const there = paths.filter((path) => existsSync(path));
  if (there.length === 0) return;
  throw new CliFault("home_exists", `${there.join(" and ")} already exists: nothing was written`, {
    fix: "choose another --home, or move it away",
  });
}

/** Writes a home; TOML files that are there stay as they are. The caller has its lock and made sure that no key is overwritten. */
export function writeHome(home: Home, contents: HomeContents): void {
  mkdirSync(home.data, { recursive: true, mode: 0o700 });
  writeNodeKey(home, contents.node);
  writeValidatorKey(home, contents.validator);
  writeEmptyValidatorState(home);
  writeJsonFile(home.genesis, contents.genesis);
  if (!existsSync(home.configToml)) writeFileWhole(home.configToml, renderToml("config", contents.config));
  if (!existsSync(home.appToml)) writeFileWhole(home.appToml, renderToml("app", contents.app));
  if (!existsSync(home.clientToml)) writeFileWhole(home.clientToml, renderToml("client", contents.client));
}
