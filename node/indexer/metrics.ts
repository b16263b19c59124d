import type { IndexMetrics } from "./deps.js";

/** Metrics of this folder; node/telemetry makes the handles. */
export const indexTable = {
  height: { kind: "gauge", subsystem: "txindex", name: "height", help: "The last indexed height." },
  writes: { kind: "counter", subsystem: "txindex", name: "entries_total", help: "Index entries written." },
  duration: {
    kind: "histogram",
    subsystem: "txindex",
    name: "block_duration_seconds",
    help: "Time to index a height.",
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2],
  },
} as const;

interface IndexHandles {
  readonly height: { set(value: number): void };
  readonly writes: { inc(by: number): void };
  readonly duration: { observe(value: number): void };
}

export function indexMetrics(handles: IndexHandles): IndexMetrics {
  return {
    indexed(height, writes, seconds) {
      handles.height.set(Number(height));
      handles.writes.inc(writes);
      handles.duration.observe(seconds);
    },
  };
}
