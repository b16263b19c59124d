import { Counter, Gauge, Histogram } from "prom-client";
import { present } from "#proto/assert.js";

/** Names of all metrics that are written from now on in this process, with the namespace. */
export function writtenMetrics(): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [kind, method] of [
    [Counter, "incWithoutExemplar"],
    [Gauge, "set"],
    [Histogram, "observeWithoutExemplar"],
  ] as const) {
    const own = kind.prototype as unknown as Record<string, (...args: unknown[]) => unknown>;
    const write = present(own[method], `the method that ${kind.name} writes by`);
    own[method] = function (this: { name: string }, ...args: unknown[]) {
      names.add(this.name);
      return write.apply(this, args);
    };
  }
  return names;
}
