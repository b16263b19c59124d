import type { snapshotRow } from "#node/home/snapshots.js";
import { must, opt } from "../../option.js";
import type { World } from "../../world.js";

type Row = ReturnType<typeof snapshotRow>;

export const heightArgument = { height: must(opt.u64("Height of the snapshot, as tribd snapshots list shows it.")) };

export const columns = [
  { title: "HEIGHT", cell: (row: Row) => row.height },
  { title: "FORMAT", cell: (row: Row) => String(row.format) },
  { title: "CHUNKS", cell: (row: Row) => String(row.chunks) },
  { title: "KEYS", cell: (row: Row) => row.keys },
  { title: "HEADER HASH", cell: (row: Row) => row.header_hash },
];

/** One line that is overwritten as the work proceeds; nothing without a terminal. */
export function progressLine({ system, out }: World, what: string): (done: number, of: number) => void {
  return (done, of) => {
    if (out.quiet || system.stderr.isTTY !== true) return;
    system.stderr.write(`\r${what} ${done} of ${of}${done === of ? "\n" : ""}`);
  };
}
