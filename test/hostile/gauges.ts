import { get } from "node:http";

/** What a node's Prometheus page says that we judge. */
export interface Gauges {
  readonly height: number;
  /** Longest time between two turns of the node's event loop since the last look, without the timer's own period. */
  readonly stallMs: number;
}

/** The node's histogram samples with a timer of this period: a loop that never waits shows it as its delay. */
const SAMPLE_MS = 10;
const LOOK_MS_MAX = 30_000;

/** @throws Error when the page does not come, or lacks one of the names */
export async function look(port: number): Promise<Gauges> {
  const text = await page(port);
  return {
    height: gauge(text, "cometbft_consensus_height"),
    stallMs: Math.max(0, gauge(text, "nodejs_eventloop_lag_max_seconds") * 1000 - SAMPLE_MS),
  };
}

export function gauge(text: string, name: string): number {
  const found = new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, "m").exec(text);
  if (found === null) throw new Error(`no metric ${name}`);
  return Number(found[1]);
}

function page(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get({ host: "127.0.0.1", port, path: "/metrics", timeout: LOOK_MS_MAX }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () => resolve(text)).on("error", reject);
    });
    request.on("timeout", () => request.destroy(new Error(`no metrics in ${LOOK_MS_MAX} ms`)));
    request.on("error", reject);
  });
}
