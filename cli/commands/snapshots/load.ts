import { resolve } from "node:path";
import { loadSnapshot, snapshotRow } from "#node/home/snapshots.js";
import { command } from "../../command.js";
import { must, opt } from "../../option.js";

export default command({
  path: "snapshots load",
  summary: "Import a snapshot file into this home, for tribd snapshots restore.",
  details: "Stop the node first.",
  args: { file: must(opt.text("A file that tribd snapshots export wrote.")) },
  example: ["snapshots load tributary-120000.snapshot"],
  async run({ file }, world) {
    world.out.data(snapshotRow(await loadSnapshot(world.home, resolve(file))));
  },
});
