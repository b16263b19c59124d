import { snapshotCatalog, snapshotRow } from "#node/home/snapshots.js";
import { command } from "../../command.js";
import { columns } from "./shown.js";

export default command({
  path: "snapshots list",
  summary: "Show the snapshots of this home, the latest first.",
  example: ["snapshots list", "snapshots list -o json"],
  async run(_values, world) {
    const listed = await snapshotCatalog(world.home).list();
    world.out.rows(listed.map(snapshotRow), columns);
  },
});
