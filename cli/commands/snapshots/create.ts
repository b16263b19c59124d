import { createHomeSnapshot, snapshotRow } from "#node/home/snapshots.js";
import { command } from "../../command.js";
import { opt, withDefault } from "../../option.js";

export default command({
  path: "snapshots create",
  summary: "Create a snapshot of the state while the node is stopped.",
  details: "Any height within the proof window is possible.",
  options: {
    height: opt.u64("The height that a restored node stands at (default: the last one).", "height"),
    keepRecent: withDefault(opt.integer("Delete all but the latest n afterwards; 0 keeps all."), 0),
  },
  example: ["snapshots create", "snapshots create --height 120000 --keep-recent 2"],
  async run({ height, keepRecent }, world) {
    const { made, gone } = await createHomeSnapshot(world.home, height, keepRecent);
    world.out.data(snapshotRow(made));
    if (gone.length > 0) world.out.note(`deleted the snapshots of ${gone.join(", ")}`);
  },
});
