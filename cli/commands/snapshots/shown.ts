import type { snapshotRow } from "#node/snapshots.js";
import { CliFault, notFound } from "../../fault.js";
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

/** What went wrong, with its own code; an exit code of its own for what is not there. */
export function snapshotFault(error: unknown): unknown {
  const { code, message, path } = error as { code?: unknown; message?: string; path?: string };
  if (!(error instanceof Error) || typeof code !== "string" || error.name === "ConfigFault") return error;
  if (error instanceof CliFault) return error;
  if (code === "snapshot.missing") return notFound(message!);
  if (code === "EEXIST") return new CliFault("file_exists", `${path} is there already: nothing was written`);
  if (code === "ENOENT") return notFound(`${path} is not there`);
  return new CliFault(code, message!, { cause: error });
}

export async function reported<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw snapshotFault(error);
  });
}

/** One line that is written over as the work goes on; nothing where nobody looks. */
export function progressLine({ system, out }: World, what: string): (done: number, of: number) => void {
  return (done, of) => {
    if (out.quiet || system.stderr.isTTY !== true) return;
    system.stderr.write(`\r${what} ${done} of ${of}${done === of ? "\n" : ""}`);
  };
}
