import { BoundedSet } from "#proto/bounded.js";
import type { Bytes } from "#proto/bytes.js";
import type { Backend } from "#proto/crypto/backend.js";

/**
 * A backend that knows the account signatures that it has found good: one is verified when its transaction is admitted, and
 * not again at each recheck and in the block. The key is all of signature, digest of the sign document and public key; what
 * is not remembered, or was bad, is verified. At most `max`, about 250 bytes each; the one that was asked for longest ago
 * goes first.
 */
export function remembering(backend: Backend, max: number): Backend {
  const good = new BoundedSet<string>(max);
  return {
    ...backend,
    pure<T>(name: string, inputs: readonly Bytes[], work: () => T): T {
      if (name !== "secp256k1") return backend.pure(name, inputs, work);
      const key = keyOf(inputs);
      if (good.has(key)) {
        good.add(key); // The newest again.
        return true as T;
      }
      const result = backend.pure(name, inputs, work);
      if (result === true) good.add(key);
      return result;
    },
  };
}

/** Each input behind its length, so that no two lists of inputs have one key. */
function keyOf(inputs: readonly Bytes[]): string {
  let key = "";
  for (const { buffer, byteOffset, length } of inputs) {
    key += `${length} ${Buffer.from(buffer, byteOffset, length).toString("latin1")}`;
  }
  return key;
}
