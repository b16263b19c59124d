import type { Effect, State, Step } from "./types.js";

/** Combinators for steps; effects keep their order. */

const NONE: readonly Effect[] = [];

/** A step without effects. */
export const stay = (state: State): Step => ({ state, effects: NONE });

/** Runs `next` on the resulting state and appends its effects. */
export function then(first: Step, next: (state: State) => Step): Step {
  const { state, effects } = next(first.state);
  return { state, effects: first.effects.length === 0 ? effects : [...first.effects, ...effects] };
}

/** Runs `next` for each item in order and appends all effects. */
export function thenAll<T>(first: Step, items: readonly T[], next: (state: State, item: T) => Step): Step {
  let result = first;
  for (const item of items) result = then(result, (state) => next(state, item));
  return result;
}
