import type { Effect, State, Step } from "./types.js";

/** Small words to chain steps: the effects of each come in order. */

const NONE: readonly Effect[] = [];

export const stay = (state: State): Step => ({ state, effects: NONE });

export function then(first: Step, next: (state: State) => Step): Step {
  const { state, effects } = next(first.state);
  return { state, effects: first.effects.length === 0 ? effects : [...first.effects, ...effects] };
}

export function thenAll<T>(first: Step, items: readonly T[], next: (state: State, item: T) => Step): Step {
  let result = first;
  for (const item of items) result = then(result, (state) => next(state, item));
  return result;
}
