import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Profiler } from "node:inspector";
import { rounded } from "./report.js";

/** Where one thread spent its time: the functions that cost most by themselves, with what they call left out. */
export interface ThreadProfile {
  /** The entry file of the thread. */
  readonly thread: string;
  readonly busy_s: number;
  /** Share of the busy time, in percent. */
  readonly top: readonly { readonly at: string; readonly percent: number }[];
}

const TOP = 10;
const NOT_BUSY: ReadonlySet<string> = new Set(["(idle)", "(root)", "(program)"]);

/** Reads what `--cpu-prof` left in a folder, one file a thread, the busiest first. */
export function threadProfiles(directory: string): ThreadProfile[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith(".cpuprofile"))
    .map((name) => profileOf(JSON.parse(readFileSync(join(directory, name), "utf8")) as Profiler.Profile))
    .sort((a, b) => b.busy_s - a.busy_s);
}

export function profileOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): ThreadProfile {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, place(callFrame)]));
  const own = new Map<string, number>();
  let busy = 0;
  for (const [i, id] of samples.entries()) {
    const at = names.get(id) ?? "";
    if (NOT_BUSY.has(at)) continue;
    const time = timeDeltas[i] ?? 0;
    busy += time;
    own.set(at, (own.get(at) ?? 0) + time);
  }
  const top = [...own].sort(([, a], [, b]) => b - a).slice(0, TOP);
  return {
    thread: entryOf(nodes),
    busy_s: rounded(busy / 1e6),
    top: top.map(([at, time]) => ({ at, percent: rounded((100 * time) / busy) })),
  };
}

function place({ functionName, url, lineNumber }: Profiler.ProfileNode["callFrame"]): string {
  const file = url.split("/").slice(-2).join("/");
  const name = functionName === "" ? "(anonymous)" : functionName;
  return file === "" ? name : `${name} ${file}:${lineNumber + 1}`;
}

/** Threads differ by the file that they begin with: the program's, or a worker's. */
function entryOf(nodes: readonly Profiler.ProfileNode[]): string {
  const worker = nodes.find(({ callFrame }) => /-?worker\.js$/.test(callFrame.url));
  return worker === undefined ? "main" : worker.callFrame.url.split("/").slice(-2).join("/");
}
