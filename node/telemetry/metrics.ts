import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

/**
 * Metrics from tables: each folder keeps a small table of what it measures, plain data, and writes through the handles
 * made of it here. Names are a frozen interface: dashboards and alerts of the Cosmos world hard-code them.
 */
export interface MetricRow {
  readonly kind: "counter" | "gauge" | "histogram";
  readonly subsystem: string;
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  /** Of a histogram, upper bounds in the unit of its name. */
  readonly buckets?: readonly number[];
}
export type MetricTable = Readonly<Record<string, MetricRow>>;

export type Labels = Readonly<Record<string, string>>;
interface CounterHandle {
  inc(by?: number, labels?: Labels): void;
}
interface GaugeHandle {
  set(value: number, labels?: Labels): void;
}
interface HistogramHandle {
  observe(value: number, labels?: Labels): void;
}
type HandleOf<K> = K extends "counter" ? CounterHandle : K extends "gauge" ? GaugeHandle : HistogramHandle;
export type Handles<T extends MetricTable> = { readonly [R in keyof T]: HandleOf<T[R]["kind"]> };

export interface Metrics {
  /** Handles of a table. @throws Error when a name is taken (a bug of ours) */
  register<T extends MetricTable>(table: T): Handles<T>;
  /** The page that Prometheus reads. */
  page(): Promise<{ readonly type: string; readonly text: string }>;
}

export interface MetricsOptions {
  /** First part of every name: "cometbft" unless the operator's dashboards want "tendermint". */
  readonly namespace: string;
  readonly chainId: string;
  /** Also event-loop lag, heap and garbage collection of this process. */
  readonly process: boolean;
}

export function metrics({ namespace, chainId, process }: MetricsOptions): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ chain_id: chainId });
  if (process) collectDefaultMetrics({ register: registry });

  function handle(row: MetricRow): CounterHandle | GaugeHandle | HistogramHandle {
    const { kind, subsystem, name, help, labels = [], buckets } = row;
    const options = { name: `${namespace}_${subsystem}_${name}`, help, labelNames: [...labels], registers: [registry] };
    if (kind === "counter") {
      const counter = new Counter(options);
      return { inc: (by = 1, values = {}) => counter.inc(values, by) };
    }
    if (kind === "gauge") {
      const gauge = new Gauge(options);
      return { set: (value, values = {}) => gauge.set(values, value) };
    }
    const histogram = new Histogram({ ...options, ...(buckets === undefined ? {} : { buckets: [...buckets] }) });
    return { observe: (value, values = {}) => histogram.observe(values, value) };
  }

  return {
    register<T extends MetricTable>(table: T): Handles<T> {
      const entries = Object.entries(table).map(([key, row]) => [key, handle(row)]);
      return Object.fromEntries(entries) as Handles<T>;
    },
    page: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  };
}
