import { modules } from "./registry.js";
import type { ReadView } from "./store/view.js";

/** Checks all invariants of all modules; returns a sentence for each broken one. */
export function brokenInvariants(view: ReadView): readonly string[] {
  const broken: string[] = [];
  for (const module of modules) {
    for (const [name, holds] of Object.entries(module.invariants)) {
      const why = holds(view);
      if (why !== undefined) broken.push(`${module.name}.${name}: ${why}`);
    }
  }
  return broken;
}
