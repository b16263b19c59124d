import type { RpcMetricsPort } from "./deps.js";

/** Metrics of this folder; node/telemetry makes the handles. */
export const rpcTable = {
  requests: {
    kind: "counter",
    subsystem: "rpc",
    name: "requests_total",
    help: "Calls answered, by method and outcome.",
    labels: ["method", "outcome"],
  },
  duration: {
    kind: "histogram",
    subsystem: "rpc",
    name: "request_duration_seconds",
    help: "Time to answer a call.",
    labels: ["method"],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
  },
  sockets: { kind: "gauge", subsystem: "rpc", name: "websockets", help: "Open WebSocket connections." },
  slowClients: {
    kind: "counter",
    subsystem: "rpc",
    name: "slow_clients_dropped_total",
    help: "Subscribers that did not read.",
  },
  dropped: {
    kind: "counter",
    subsystem: "rpc",
    name: "connections_dropped_total",
    help: "Connections ended to make room: who kept the node waiting longest, or did not read.",
    labels: ["reason"],
  },
} as const;

interface RpcHandles {
  readonly requests: { inc(by: number, labels: Readonly<Record<string, string>>): void };
  readonly duration: { observe(value: number, labels: Readonly<Record<string, string>>): void };
  readonly sockets: { set(value: number): void };
  readonly slowClients: { inc(): void };
  readonly dropped: { inc(by: number, labels: Readonly<Record<string, string>>): void };
}

export function rpcMetrics(handles: RpcHandles): RpcMetricsPort {
  return {
    request(method, outcome, seconds) {
      handles.requests.inc(1, { method, outcome });
      handles.duration.observe(seconds, { method });
    },
    sockets: (open) => handles.sockets.set(open),
    slowClientDropped: () => handles.slowClients.inc(),
    dropped: (reason) => handles.dropped.inc(1, { reason }),
  };
}
