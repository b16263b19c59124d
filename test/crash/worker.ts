import type { Point } from "./points.js";
import { crashAt, type Outcome } from "./run.js";

export interface Task {
  readonly seed: bigint;
  readonly point: Point;
}

/** One of the processes that share the points. */
process.on("message", (message) => {
  const { seed, point } = message as Task;
  void crashAt(seed, point).then((outcome: Outcome) => process.send!(outcome));
});
