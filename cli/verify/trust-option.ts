import { fromHex } from "#proto/bytes.js";
import type { Genesis } from "#proto/types/genesis.js";
import { readGenesis } from "../genesis/file.js";
import { usage } from "../fault.js";
import { opt, section, type Values } from "../option.js";
import type { World } from "../world.js";
import type { TrustPoint } from "./headers.js";

/** Where belief begins: what the commands of light verification share. */
export const trustOptions = section("Trust", {
  genesis: opt.text("The genesis file that is trusted; that of the home unless given.", "file"),
  trust: opt.of("A header known by its hash, where genesis is too long ago.", "height:hash", readTrust),
});

export type TrustValues = Values<typeof trustOptions>;

export function trustedGenesis({ genesis }: TrustValues, world: World): Genesis {
  return readGenesis(genesis ?? world.home.genesis);
}

function readTrust(text: string): TrustPoint {
  const match = /^([1-9][0-9]{0,18}):([0-9a-fA-F]{64})$/.exec(text);
  const hash = match === null ? undefined : fromHex(match[2]!);
  if (match === null || hash === undefined) throw usage(`"${text}" is not height:hash`, "like 1200:<64 hex digits>");
  return { height: BigInt(match[1]!), hash };
}
