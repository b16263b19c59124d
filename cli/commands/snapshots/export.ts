import { resolve } from "node:path";
import { exportSnapshot, snapshotRow } from "#node/home/snapshots.js";
import { command } from "../../command.js";
import { must, opt } from "../../option.js";
import { heightArgument } from "./shown.js";

export default command({
  path: "snapshots export",
  summary: "Write a snapshot to one file, for another machine.",
  args: { ...heightArgument, file: must(opt.text("The file to write; it must not exist.")) },
  example: ["snapshots export 120000 tributary-120000.snapshot"],
  async run({ height, file }, world) {
    const listed = await exportSnapshot(world.home, height, resolve(file));
    world.out.data({ file: resolve(file), ...snapshotRow(listed) });
  },
});
