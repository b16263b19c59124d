import type { ComponentChildren } from "preact";
import { idOf } from "../../present/route.js";
import { Empty, PageHead } from "./basic.js";

/** A part of an address that is a number; anything else is said. */
export function WithId({
  kind,
  text,
  children,
}: {
  readonly kind: string;
  readonly text: string;
  readonly children: (id: bigint) => ComponentChildren;
}) {
  const id = idOf(text);
  return id === undefined || id === 0n ? <NotThere kind={kind} name={text} /> : <>{children(id)}</>;
}

export function NotThere({
  kind,
  name,
  hint,
}: {
  readonly kind: string;
  readonly name: string;
  readonly hint?: string;
}) {
  return (
    <>
      <PageHead kind={kind} title={`There is no ${kind.toLowerCase()} ${name.slice(0, 80)}`} />
      <Empty {...(hint === undefined ? {} : { command: hint })}>
        The node knows none by this name or number. It may be on another chain, or not there yet.
      </Empty>
    </>
  );
}
