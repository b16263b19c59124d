import { deleteSnapshot } from "#node/home/snapshots.js";
import { command } from "../../command.js";
import { confirm } from "../../confirm.js";
import { heightArgument } from "./shown.js";

export default command({
  path: "snapshots delete",
  summary: "Delete one snapshot of this home, and the files that no other snapshot uses.",
  details: "Stop the node first; a running node follows state-sync.snapshot-keep-recent.",
  args: heightArgument,
  example: ["snapshots delete 120000 --yes"],
  async run({ height }, world) {
    await confirm(world, `Delete the snapshot of height ${height}?`);
    await deleteSnapshot(world.home, height);
    world.out.note(`the snapshot of height ${height} is deleted`);
  },
});
