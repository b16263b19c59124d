import { fromHex, type Bytes } from "#proto/bytes.js";
import { restoreHome, snapshotRow } from "#node/home/snapshots.js";
import { command } from "../../command.js";
import { usage } from "../../fault.js";
import { readGenesis } from "../../genesis/file.js";
import { opt } from "../../option.js";
import { heightArgument, progressLine } from "./shown.js";

function readHash(text: string): Bytes {
  const hash = fromHex(text.toLowerCase());
  if (hash?.length !== 32) throw usage(`"${text}" is not a hash of 64 hex digits`);
  return hash;
}

export default command({
  path: "snapshots restore",
  summary: "Restore the empty data folder of this home from a snapshot; the node then continues after its height.",
  details:
    "Before a chunk is read, the chunks as the snapshot lists them must have the state root of the header; before anything of it is written, each chunk must be the part of the state that it is listed as. The header is believed when --trust-hash names it, or when validators of genesis.json signed it within the trusting period. Killed, it goes on where it was. The validator's signing record is left as it is.",
  args: heightArgument,
  options: { trustHash: opt.of("Block hash at that height, from a source that you trust.", "hash", readHash) },
  example: ["snapshots restore 120000 --trust-hash 5E884898DA28047151D0E56F8DC6292773603D0D6AABBDD62A11EF721D1542D8"],
  async run({ height, trustHash }, world) {
    const genesis = readGenesis(world.home.genesis);
    const listed = await restoreHome(world.home, genesis, height, {
      trustedHash: trustHash,
      now: BigInt(world.system.now()),
      progress: progressLine(world, "chunk"),
    });
    world.out.data(snapshotRow(listed));
    world.out.note("restored: tribd start continues after this height");
  },
});
