import { useEffect, useRef, useState } from "preact/hooks";
import { useLive } from "./live.js";

/** What was asked for, as far as it is there. */
export interface Answer<T> {
  readonly value: T | undefined;
  readonly error: unknown;
  readonly isAsking: boolean;
}

/**
 * Asks when the key changes, and with `follow` at each new block; what was there stays until the next answer. After an error it
 * asks again with the next block.
 */
export function useAnswer<T>(key: string, ask: () => Promise<T>, follow = false): Answer<T> {
  const { status } = useLive();
  const [answer, setAnswer] = useState<Answer<T> & { readonly key: string }>({
    key,
    value: undefined,
    error: undefined,
    isAsking: true,
  });
  const turn = useRef(0);
  const busy = useRef<string | undefined>(undefined);
  const current = useRef(ask);
  current.current = ask;
  const isFailed = answer.key === key && answer.error !== undefined;
  const tick = follow || isFailed ? status.height : 0n;
  useEffect(() => {
    if (busy.current === key) return; // An answer that takes longer than a block is awaited: the next block asks again.
    busy.current = key;
    const mine = ++turn.current;
    setAnswer((before) =>
      before.key === key ? { ...before, isAsking: true } : { key, value: undefined, error: undefined, isAsking: true },
    );
    current.current().then(
      (value) => {
        if (mine !== turn.current) return;
        busy.current = undefined;
        setAnswer({ key, value, error: undefined, isAsking: false });
      },
      (error: unknown) => {
        if (mine !== turn.current) return;
        busy.current = undefined;
        setAnswer((before) => ({ key, value: before.key === key ? before.value : undefined, error, isAsking: false }));
      },
    );
  }, [key, tick]);
  // The render right after a change of the key still has the old answer.
  return answer.key === key ? answer : { value: undefined, error: undefined, isAsking: true };
}
