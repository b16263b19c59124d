import type { Bytes } from "#proto/bytes.js";
import type { Backend } from "#proto/crypto/backend.js";

/** Some heights of a large cluster; beyond it everything is forgotten at once. */
const RESULTS_MAX = 50_000;
/** By name and inputs. Of the process: the clusters of all seeds have the same keys. */
const results = new Map<string, unknown>();

/**
 * The nodes of a cluster share a process: they check the same signatures and proofs, and derive the same public keys in
 * each life. The key holds every input whole, each behind its length, so what is remembered is what the work would say.
 */
export function remembered(backend: Backend): Backend {
  return {
    ...backend,
    pure<T>(name: string, inputs: readonly Bytes[], work: () => T): T {
      const key = keyOf(name, inputs);
      if (results.has(key)) return results.get(key) as T;
      const result = backend.pure(name, inputs, work);
      if (results.size >= RESULTS_MAX) results.clear();
      results.set(key, result);
      return result;
    },
  };
}

function keyOf(name: string, inputs: readonly Bytes[]): string {
  let key = name;
  for (const { buffer, byteOffset, length } of inputs) {
    key += ` ${length} ${Buffer.from(buffer, byteOffset, length).toString("latin1")}`;
  }
  return key;
}
