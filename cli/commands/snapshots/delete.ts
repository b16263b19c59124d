import { deleteSnapshot } from "#node/snapshots.js";
import { command } from "../../command.js";
import { EXIT } from "../../exit.js";
import { heightArgument, reported } from "./shown.js";

export const snapshotsDelete = command({
  path: "snapshots delete",
  summary: "Delete one snapshot of this home, and its files that no other one shares.",
  details: "Stop the node first; a running one deletes by state-sync.snapshot-keep-recent.",
  args: heightArgument,
  example: ["snapshots delete 120000"],
  async run({ height }, world) {
    await reported(deleteSnapshot(world.home, height));
    world.out.note(`the snapshot of height ${height} is deleted`);
    return EXIT.ok;
  },
});
