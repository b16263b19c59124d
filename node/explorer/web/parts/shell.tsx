import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { grouped } from "../../present/amount.js";
import { linkTo, type PageName } from "../../present/route.js";
import { lineOf } from "../../present/text.js";
import { agoText, timeFrom } from "../../present/time.js";
import { useLive } from "../live.js";
import { applyTheme, nextTheme, readTheme, type Theme } from "../theme.js";

const ROOMS: readonly (readonly [page: PageName, name: string])[] = [
  ["", "Home"],
  ["contributors", "Contributors"],
  ["datanets", "Datanets"],
  ["models", "Models"],
  ["batches", "Batches"],
  ["blocks", "Blocks"],
  ["transactions", "Transactions"],
  ["validators", "Validators"],
  ["parameters", "Parameters"],
];

/** What is around every page: name, search, rooms, how fresh it is. */
export function Shell({
  page,
  onTheme,
  children,
}: {
  readonly page: PageName | undefined;
  readonly onTheme: (theme: Theme) => void;
  readonly children: ComponentChildren;
}) {
  const { chain } = useLive();
  const rooms = useRef<HTMLUListElement>(null);
  useEffect(() => {
    // On a phone the list of rooms is longer than the screen.
    rooms.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [page]);
  return (
    <>
      <a class="skip" href="#main" onClick={focusMain}>
        Skip to content
      </a>
      <header class="top">
        <div class="bar">
          <a class="brand" href={linkTo("")}>
            <img src="/icon.svg" alt="" width="28" height="28" />
            <span>
              Tributary <small>{lineOf(chain.chainId, 40)}</small>
            </span>
          </a>
          <Search />
          <Freshness />
          <ThemeButton onTheme={onTheme} />
        </div>
        <nav aria-label="Rooms">
          <ul ref={rooms}>
            {ROOMS.map(([room, name]) => (
              <li key={room}>
                <a href={linkTo(room)} aria-current={room === page ? "page" : undefined}>
                  {name}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      </header>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <footer class="foot">
        <p>
          Everything here is read from one node. <a href="/methods">Its methods</a>,{" "}
          <a href="/licences.txt">licences</a>.
        </p>
      </footer>
    </>
  );
}

/** A fragment is a place of ours: the browser's own jump would leave the page. */
function focusMain(event: Event): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

function Search() {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const slash = (event: KeyboardEvent): void => {
      const isTyping = event.target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
      if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      box.current?.focus();
    };
    document.addEventListener("keydown", slash);
    return () => document.removeEventListener("keydown", slash);
  }, []);
  const go = (event: Event): void => {
    event.preventDefault();
    const text = box.current?.value.trim() ?? "";
    if (text === "") return;
    location.hash = linkTo("search", text.slice(0, 200));
    box.current!.value = "";
  };
  return (
    <form class="search" role="search" onSubmit={go}>
      <input
        ref={box}
        type="search"
        aria-label="Search: height, hash, address, name, or a number with what it counts"
        placeholder="Height, hash, address, name"
        autocomplete="off"
        spellcheck={false}
        maxLength={200}
      />
      <button type="submit" aria-label="Search">
        <svg viewBox="0 0 20 20" aria-hidden="true">
          <circle cx="8.5" cy="8.5" r="5.5" />
          <path d="M12.6 12.6l4.4 4.4" />
        </svg>
      </button>
    </form>
  );
}

const FRESH: Readonly<Record<ReturnType<typeof useLive>["state"], string>> = {
  live: "Live",
  silent: "Node silent",
  still: "No new block",
  syncing: "Catching up",
};

function Freshness() {
  const { state, status, now, heard } = useLive();
  const when = state === "silent" ? agoText(heard, now) : agoText(timeFrom(status.time), now);
  return (
    <div class={`fresh ${state}`} title={`Last block ${status.time}`}>
      <span class="dot" aria-hidden="true" />
      <span role={state === "live" ? undefined : "status"}>
        {FRESH[state]} <b>{grouped(status.height.toString())}</b> {state === "live" ? "" : <small>{when}</small>}
      </span>
    </div>
  );
}

function ThemeButton({ onTheme }: { readonly onTheme: (theme: Theme) => void }) {
  const [theme, setTheme] = useState(readTheme);
  const change = (): void => {
    const next = nextTheme(theme);
    applyTheme(next);
    setTheme(next);
    onTheme(next);
  };
  const name = { auto: "as the system", light: "light", dark: "dark" }[theme];
  return (
    <button type="button" class="theme" onClick={change} aria-label={`Theme: ${name}. Change`} title={`Theme: ${name}`}>
      <svg viewBox="0 0 20 20" aria-hidden="true">
        <circle cx="10" cy="10" r="6.5" />
        <path
          d={
            { auto: "M10 3.5a6.5 6.5 0 0 1 0 13z", light: "", dark: "M10 3.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13z" }[
              theme
            ]
          }
        />
      </svg>
    </button>
  );
}
