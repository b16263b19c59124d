import { present } from "#proto/assert.js";
import type { Messages } from "#proto/codec/message.js";
import type { ReadView } from "../../store/view.js";
import { inRelease, type Contribution } from "../datanet/index.js";
import { children, pins } from "./keys.js";
import { versionOf } from "./records.js";

type Reached = Messages["tributary.model.v1.ReachedVersion"];

/** Every version that names a release with the contribution, and all their descendants, by ascending id. Queries only. */
export function reachOf(view: ReadView, contribution: Contribution): Reached[] {
  const { datanetId, firstRelease } = contribution;
  const reached = new Map<bigint, boolean>();
  if (firstRelease !== 0) {
    for (const [[, number, versionId]] of pins.range(view, {
      from: [datanetId, firstRelease],
      to: [datanetId + 1n],
    })) {
      if (inRelease(contribution, datanetId, number)) reached.set(versionId, true);
    }
  }
  const pending = [...reached.keys()];
  for (let parent = pending.pop(); parent !== undefined; parent = pending.pop()) {
    for (const [[, child]] of children.range(view, { prefix: [parent] })) {
      if (reached.has(child)) continue;
      reached.set(child, false);
      pending.push(child);
    }
  }
  return [...reached]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([versionId, direct]) => {
      const { modelId } = present(versionOf(view, versionId), "an index names versions that exist");
      return { versionId, modelId, direct };
    });
}
