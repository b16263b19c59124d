import { Component, render, type ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { PageName, Place } from "../present/route.js";
import { lineOf } from "../present/text.js";
import { LiveChain } from "./live.js";
import { pages } from "./pages/index.js";
import { Empty, PageHead } from "./parts/basic.js";
import { Shell } from "./parts/shell.js";
import { usePlace } from "./place.js";
import { applyTheme, readTheme } from "./theme.js";
import "uplot/dist/uPlot.min.css";
import "./style.css";

/** An error of the page itself: it is said, and the other pages still work. */
class Guarded extends Component<{ readonly children: ComponentChildren }, { readonly error: Error | undefined }> {
  override state = { error: undefined };

  static override getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const { error } = this.state as { error: Error | undefined };
    if (error === undefined) return this.props.children;
    return (
      <Empty>
        This page has a fault of its own: {lineOf(error.message, 300)}. Nothing of the chain is wrong; please report it.
      </Empty>
    );
  }
}

function Page({ place }: { readonly place: Place | undefined }) {
  const key = place === undefined ? "" : [place.page, ...place.parts].join("/");
  const before = useRef<string | undefined>(undefined);
  useEffect(() => {
    scrollTo(0, 0);
    // A reader goes on with the new page, not in the box or the link that led to it.
    if (before.current !== undefined && before.current !== key) document.getElementById("main")?.focus();
    before.current = key;
    document.title = titleOf(place);
  }, [key]);
  if (place === undefined) {
    return (
      <>
        <PageHead kind="Explorer" title="No such page" />
        <Empty>The address names no page. The search box finds heights, hashes, addresses, names and numbers.</Empty>
      </>
    );
  }
  return <Guarded key={key}>{pages[place.page](...place.parts)}</Guarded>;
}

function titleOf(place: Place | undefined): string {
  const words =
    place === undefined || place.page === "" ? [] : [place.page, ...place.parts.map((part) => lineOf(part, 24))];
  return [words.join(" "), "Tributary explorer"].filter((part) => part !== "").join(" · ");
}

/** The room that a page belongs to. */
const ROOM: Partial<Record<PageName, PageName>> = {
  contributor: "contributors",
  contribution: "contributors",
  datanet: "datanets",
  model: "models",
  version: "models",
  provider: "models",
  batch: "batches",
  credit: "batches",
  receipt: "batches",
  block: "blocks",
  transaction: "transactions",
  validator: "validators",
};

function Explorer() {
  const place = usePlace();
  const [theme, setTheme] = useState(readTheme);
  return (
    <LiveChain waiting={(error) => <Waiting error={error} />}>
      <Shell page={place && (ROOM[place.page] ?? place.page)} onTheme={setTheme}>
        {/* Pictures on a canvas are drawn anew in the other colours. */}
        <Page key={theme} place={place} />
      </Shell>
    </LiveChain>
  );
}

function Waiting({ error }: { readonly error: string }) {
  return (
    <main class="boot">
      <h1 class="hidden">Tributary explorer</h1>
      <p role="status">
        {error === "" ? "Reading the chain…" : `The node does not answer (${lineOf(error, 200)}). Trying again…`}
      </p>
    </main>
  );
}

applyTheme(readTheme());
const root = document.getElementById("page")!;
root.replaceChildren();
render(<Explorer />, root);
