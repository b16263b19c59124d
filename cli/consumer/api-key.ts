import { existsSync, readFileSync } from "node:fs";
import { toHex } from "#proto/bytes.js";
import { writeFileWhole } from "#node/config/json-file.js";
import { CliFault } from "../fault.js";
import type { World } from "../world.js";

const KEY = /^trib-[0-9a-f]{48}$/;
const KEY_BYTES = 24;

/** The key that local applications send, made at the first start. @throws CliFault for a file that holds something else */
export function apiKeyAt(path: string, world: World): string {
  if (!existsSync(path)) {
    const made = `trib-${toHex(world.system.random(KEY_BYTES))}`;
    writeFileWhole(path, `${made}\n`, true); // Only its owner reads it.
    return made;
  }
  const key = readFileSync(path, "utf8").trim();
  if (KEY.test(key)) return key;
  throw new CliFault("api_key", `${path} holds no local API key`, { fix: "delete it: the next start makes another" });
}
