import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useAnswer, type Answer } from "../ask.js";
import { isNotFound, pageRequest } from "../node.js";
import { lineOf } from "../../present/text.js";

/** What the node said, or why nothing is there. */
export function Failure({ error }: { readonly error: unknown }) {
  const text = error instanceof Error ? error.message : String(error);
  return (
    <p class="failure" role="alert">
      The node did not answer this: {lineOf(text, 400)}. It is asked again with the next block.
    </p>
  );
}

/** Shows an answer when it is there; before it a quiet placeholder, and an error in words. */
export function Shown<T>({
  answer,
  children,
  missing,
}: {
  readonly answer: Answer<T>;
  readonly children: (value: T) => ComponentChildren;
  /** For an error that says "not found". */
  readonly missing?: ComponentChildren;
}) {
  const { value, error } = answer;
  if (value !== undefined) return <>{children(value)}</>;
  if (error === undefined) return <div class="loading" role="status" aria-label="Loading" />;
  if (missing !== undefined && isNotFound(error)) return <>{missing}</>;
  return <Failure error={error} />;
}

export interface PageOf<T> {
  readonly rows: readonly T[];
  readonly nextKey: Uint8Array | undefined;
}

const ROWS = 20;
const START = new Uint8Array(0);

/**
 * A list page by page, each asked for when it is wanted.
 * @param ask gets the chain's page request @param name what the list holds: the key of the question too
 */
export function Paged<T>(props: {
  readonly name: string;
  readonly ask: (page: ReturnType<typeof pageRequest>) => Promise<PageOf<T>>;
  readonly children: (rows: readonly T[]) => ComponentChildren;
  readonly empty: ComponentChildren;
  readonly reverse?: boolean;
  readonly rows?: number;
}) {
  const { name, ask, children, empty, reverse = true, rows = ROWS } = props;
  const [way, setWay] = useState<{ readonly name: string; readonly keys: readonly Uint8Array[] }>({ name, keys: [] });
  const keys = way.name === name ? way.keys : []; // Another list begins at its own first page.
  const key = keys.at(-1) ?? START;
  const answer = useAnswer(
    `${name} ${keys.length}`,
    () => ask(pageRequest({ key, limit: rows, reverse })),
    keys.length === 0,
  );
  const next = answer.value?.nextKey;
  const hasNext = next !== undefined && next.length > 0;
  return (
    <Shown answer={answer}>
      {(page) => (
        <>
          {page.rows.length === 0 && keys.length === 0 ? empty : children(page.rows)}
          <Pager
            onBack={keys.length === 0 ? undefined : () => setWay({ name, keys: keys.slice(0, -1) })}
            onNext={hasNext ? () => setWay({ name, keys: [...keys, next] }) : undefined}
            page={keys.length + 1}
          />
        </>
      )}
    </Shown>
  );
}

export function Pager({
  onBack,
  onNext,
  page,
}: {
  readonly onBack: (() => void) | undefined;
  readonly onNext: (() => void) | undefined;
  readonly page: number;
}) {
  if (onBack === undefined && onNext === undefined) return null;
  return (
    <nav class="pager" aria-label="Pages of this list">
      <button type="button" disabled={onBack === undefined} onClick={onBack}>
        Back
      </button>
      <span>Page {page}</span>
      <button type="button" disabled={onNext === undefined} onClick={onNext}>
        Next
      </button>
    </nav>
  );
}

/** The rows of an answer with its next key. */
export function pageOf<A extends { readonly pagination: { readonly nextKey: Uint8Array } | undefined }, T>(
  rows: (answer: A) => readonly T[],
): (answer: A) => PageOf<T> {
  return (answer) => ({ rows: rows(answer), nextKey: answer.pagination?.nextKey });
}
