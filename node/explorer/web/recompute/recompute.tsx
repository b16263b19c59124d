import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { fromHex } from "#proto/bytes.js";
import type { TrustPoint } from "#proto/client/verify/index.js";
import { grouped } from "../../present/amount.js";
import { lineOf } from "../../present/text.js";
import { Facts } from "../parts/basic.js";
import type * as Verify from "./verify.js";

type State<T> =
  | { readonly kind: "ready" }
  | { readonly kind: "running"; readonly answers: number }
  | { readonly kind: "done"; readonly value: T; readonly answers: number; readonly ms: number }
  | { readonly kind: "refused"; readonly why: string };

/** A button that recomputes something here, from bytes that are proven under headers which this page checked itself. */
export function Recompute<T>(props: {
  readonly what: string;
  readonly run: (verify: typeof Verify, watch: Verify.Watch) => Promise<T>;
  readonly children: (value: T) => ComponentChildren;
}) {
  const [state, setState] = useState<State<T>>({ kind: "ready" });
  const [trust, setTrust] = useState("");
  const stop = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => stop.current?.abort(), []);
  const start = async (): Promise<void> => {
    const point = pointOf(trust);
    if (point === "bad") {
      return setState({ kind: "refused", why: "a trusted header is written as height:hash, with 64 hex digits" });
    }
    const controller = new AbortController();
    stop.current = controller;
    let answers = 0;
    const show = (next: State<T>): void => {
      if (!controller.signal.aborted) setState(next);
    };
    show({ kind: "running", answers });
    const begun = performance.now();
    try {
      const told = (count: number): void => {
        answers = count;
        if (count % 10 === 0) show({ kind: "running", answers });
      };
      const value = await props.run(await import("./verify.js"), { told, signal: controller.signal, trust: point });
      show({ kind: "done", value, answers, ms: performance.now() - begun });
    } catch (error) {
      show({ kind: "refused", why: error instanceof Error ? error.message : String(error) });
    }
  };
  const cancel = (): void => {
    stop.current?.abort();
    setState({ kind: "ready" });
  };
  return (
    <div class="recompute">
      <div class="row">
        {state.kind === "running" ? (
          <button type="button" class="button" onClick={cancel}>
            Stop
          </button>
        ) : (
          <button type="button" class="button primary" onClick={() => void start()}>
            Recompute in this browser
          </button>
        )}
        <span role="status">
          {state.kind === "running" && `${grouped(String(state.answers))} proven answers so far…`}
          {state.kind === "done" &&
            `Done: ${grouped(String(state.answers))} answers checked in ${(state.ms / 1000).toFixed(1)} s.`}
        </span>
      </div>
      <details>
        <summary>What is trusted</summary>
        <p class="prose">
          {props.what} The genesis document of this node is believed, and nothing else: headers are checked by their
          signatures from there on, every record by its proof under one of them. Who knows a header by its hash can
          begin there instead.
        </p>
        <label>
          Trusted header{" "}
          <input
            value={trust}
            onInput={(event) => setTrust(event.currentTarget.value)}
            placeholder="height:hash"
            spellcheck={false}
            maxLength={90}
          />
        </label>
      </details>
      {state.kind === "refused" && (
        <div class="failure" role="alert">
          <strong>Refused.</strong> {lineOf(state.why, 600)}
        </div>
      )}
      {state.kind === "done" && props.children(state.value)}
    </div>
  );
}

function pointOf(text: string): TrustPoint | undefined | "bad" {
  if (text.trim() === "") return undefined;
  const match = /^([1-9][0-9]{0,18}):([0-9a-fA-F]{64})$/.exec(text.trim());
  const hash = match === null ? undefined : fromHex(match[2]!.toLowerCase());
  return match === null || hash === undefined ? "bad" : { height: BigInt(match[1]!), hash };
}

/** The outcome in one sentence, and what it rests on. */
export function Verdict(props: {
  readonly isRight: boolean;
  readonly children: ComponentChildren;
  readonly rows?: Parameters<typeof Facts>[0]["rows"];
}) {
  return (
    <div class={props.isRight ? "verdict good" : "verdict bad"}>
      <p role="alert">{props.children}</p>
      {props.rows !== undefined && <Facts rows={props.rows} />}
    </div>
  );
}
