/** A set with a bound: the oldest goes when a new one does not fit. */
export interface Recent {
  has(key: string): boolean;
  /** False when it was there. */
  add(key: string): boolean;
}

export function createRecent(max: number): Recent {
  const keys = new Set<string>();
  return {
    has: (key) => keys.has(key),
    add(key) {
      if (keys.has(key)) return false;
      keys.add(key);
      for (const oldest of keys) {
        if (keys.size <= max) break;
        keys.delete(oldest);
      }
      return true;
    },
  };
}
