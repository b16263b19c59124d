import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { shown } from "#proto/client/words/shown.js";
import { shownAmount, type Fine } from "../../present/amount.js";
import { linkTo, type PageName } from "../../present/route.js";
import { lineOf, shortId } from "../../present/text.js";
import { agoText, utcText } from "../../present/time.js";
import { useChain, useLive } from "../live.js";

type Children = { readonly children?: ComponentChildren };

/** An amount of the chain's coin, with all digits on hover. @param fine 9: in billionths of the base unit */
export function Amount({ of, fine = 0 }: { readonly of: bigint; readonly fine?: Fine }) {
  const { short, exact, symbol } = shownAmount(of, useChain().coinage, fine);
  return (
    <span class="amount" title={`${exact} ${symbol}`}>
      {short} <span class="unit">{symbol}</span>
    </span>
  );
}

/** A coin of any denomination: others than the chain's own have no display unit here. */
export function CoinAmount({
  amount,
  denom,
  fine = 0,
}: {
  readonly amount: bigint;
  readonly denom: string | undefined;
  readonly fine?: Fine;
}) {
  const { coinage } = useChain();
  if (denom === undefined || denom === coinage.base) return <Amount of={amount} fine={fine} />;
  return (
    <span class="amount">
      {amount.toString()} <span class="unit">{lineOf(denom)}</span>
    </span>
  );
}

/** A moment, relative, with the exact one on hover and for readers. */
export function Time({ ms, exact = false }: { readonly ms: bigint | number; readonly exact?: boolean }) {
  const { now } = useLive();
  if (Number(ms) === 0) return <span class="quiet">never</span>;
  const text = utcText(ms);
  return (
    <time dateTime={text.endsWith("UTC") ? new Date(Number(ms)).toISOString() : undefined} title={text}>
      {exact ? `${text} (${agoText(ms, now)})` : agoText(ms, now)}
    </time>
  );
}

const COPIED_MS = 1_500;

/** Puts a text into the clipboard, and says so. */
export function Copy({ text, what }: { readonly text: string; readonly what: string }) {
  const [state, setState] = useState<"ready" | "done" | "failed">("ready");
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = (): void => {
    // Without a secure context (another machine over http) there is no clipboard.
    const written =
      navigator.clipboard === undefined
        ? Promise.reject(new Error("no clipboard"))
        : navigator.clipboard.writeText(text);
    written.then(
      () => setState("done"),
      () => setState("failed"),
    );
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setState("ready"), COPIED_MS);
  };
  const said = { ready: `Copy ${what}`, done: "Copied", failed: "This browser does not let the page copy" }[state];
  return (
    <button type="button" class={`copy ${state}`} onClick={copy} aria-label={said} title={said}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        {state === "done" ? (
          <path d="M3 8.5l3.5 3.5L13 5" />
        ) : state === "failed" ? (
          <path d="M4 4l8 8M12 4l-8 8" />
        ) : (
          <path d="M5.5 5.5V3.2c0-.4.3-.7.7-.7h6.1c.4 0 .7.3.7.7v6.1c0 .4-.3.7-.7.7H10M3.7 5.5h5.6c.4 0 .7.3.7.7v6.1c0 .4-.3.7-.7.7H3.7c-.4 0-.7-.3-.7-.7V6.2c0-.4.3-.7.7-.7z" />
        )}
      </svg>
    </button>
  );
}

/** A link to a page of the explorer. */
export function To({
  page,
  id,
  children,
}: { readonly page: PageName; readonly id: string | number | bigint } & Children) {
  return <a href={linkTo(page, id)}>{children ?? lineOf(String(id))}</a>;
}

/** An address or hash: short, linked, to be copied whole. */
export function Id(props: {
  readonly id: string;
  readonly page?: PageName;
  readonly what: string;
  readonly whole?: boolean;
}) {
  const { id, page, what, whole = false } = props;
  if (id === "") return <span class="quiet">none</span>;
  const text = whole ? lineOf(id, 400) : shortId(id);
  return (
    <span class={whole ? "id whole" : "id"}>
      {page === undefined ? (
        <code title={lineOf(id, 400)}>{text}</code>
      ) : (
        <a href={linkTo(page, id)} title={lineOf(id, 400)}>
          <code>{text}</code>
        </a>
      )}
      {/* A line feed in a stranger's address would be a command in the terminal that it is pasted into. */}
      <Copy text={shown(id)} what={what} />
    </span>
  );
}

/** A stranger's title, isolated so that it cannot turn the words around it. */
export function Title({ text, max }: { readonly text: string; readonly max?: number }) {
  return text === "" ? <span class="quiet">untitled</span> : <bdi>{lineOf(text, max)}</bdi>;
}

/** A state in words. Its colour repeats what the word says. */
export function Badge({ tone, children }: { readonly tone: "good" | "bad" | "wait" | "plain" } & Children) {
  return <span class={`badge ${tone}`}>{children}</span>;
}

export function Card({
  title,
  extra,
  wide = false,
  children,
}: {
  readonly title: string;
  readonly extra?: ComponentChildren;
  readonly wide?: boolean;
} & Children) {
  return (
    <section class={wide ? "card wide" : "card"} aria-label={title}>
      <header>
        <h2>{title}</h2>
        {extra !== undefined && <div class="extra">{extra}</div>}
      </header>
      {children}
    </section>
  );
}

/** One figure with its name. */
export function Stat({
  name,
  note,
  children,
}: { readonly name: string; readonly note?: ComponentChildren } & Children) {
  return (
    <div class="stat">
      <dt>{name}</dt>
      <dd>
        <span class="figure">{children}</span>
        {note !== undefined && <span class="note">{note}</span>}
      </dd>
    </div>
  );
}

/** Names and values of one thing. */
export function Facts({
  rows,
}: {
  readonly rows: readonly (readonly [name: string, value: ComponentChildren] | undefined)[];
}) {
  return (
    <dl class="facts">
      {rows
        .filter((row) => row !== undefined)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** Nothing is there yet: what would be, and the command that makes the first one. */
export function Empty({ command, children }: { readonly command?: string } & Children) {
  return (
    <div class="empty">
      <p>{children}</p>
      {command !== undefined && (
        <p class="command">
          <code>{command}</code>
          <Copy text={command} what="the command" />
        </p>
      )}
    </div>
  );
}

export function PageHead({
  kind,
  title,
  children,
}: { readonly kind: string; readonly title: ComponentChildren } & Children) {
  return (
    <div class="head">
      <p class="kind">{kind}</p>
      <h1 tabIndex={-1}>{title}</h1>
      {children}
    </div>
  );
}

/** JSON as the node gave it, on request. */
export function Raw({ json, name = "Raw JSON" }: { readonly json: unknown; readonly name?: string }) {
  const [isOpen, setOpen] = useState(false);
  const text = (): string =>
    JSON.stringify(json, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value), 2);
  return (
    <details class="raw" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{name}</summary>
      {isOpen && <RawText text={text()} />}
    </details>
  );
}

const RAW_MAX = 200_000;

function RawText({ text }: { readonly text: string }) {
  return (
    <div class="rawtext">
      <Copy text={text} what="the JSON" />
      <pre tabIndex={0} role="region" aria-label="JSON">
        {text.length > RAW_MAX
          ? `${text.slice(0, RAW_MAX)}\n… ${text.length - RAW_MAX} more characters: copy for all`
          : text}
      </pre>
    </div>
  );
}
