import { assert } from "../assert.js";
import type { Bytes } from "../bytes.js";
import { appendLeaves, rootOf, type Frontier } from "./frontier.js";
import { leafHasher } from "./hash-tree.js";
import { FINGERPRINT_BYTES } from "./packed.js";
import { SET_TAG } from "./set-tree.js";

/**
 * Appends fingerprints to a growing set tree. Asserts that the list is whole.
 * @param packed fingerprints above all earlier ones, ascending; the caller checks the order
 */
export function extendFrontier(frontier: Frontier, packed: Bytes): Frontier {
  assert(packed.length % FINGERPRINT_BYTES === 0, "a chunk holds whole fingerprints");
  return appendLeaves(frontier, setLeaves(packed));
}

function* setLeaves(packed: Bytes): Iterable<Bytes> {
  const leaf = leafHasher(SET_TAG, FINGERPRINT_BYTES);
  for (let at = 0; at < packed.length; at += FINGERPRINT_BYTES) {
    leaf.data.set(packed.subarray(at, at + FINGERPRINT_BYTES));
    yield leaf.hash();
  }
}

/** The root of the set so far; equals `setRoot` of all chunks together. */
export function frontierRoot(frontier: Frontier): Bytes {
  return rootOf(SET_TAG, frontier);
}
