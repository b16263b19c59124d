import { useState } from "preact/hooks";
import type { ClientEvent } from "#proto/client/index.js";
import { coinsOf, eventWords } from "../../present/events.js";
import { lineOf } from "../../present/text.js";
import { CoinAmount } from "./basic.js";
import { Sentence } from "./txs.js";

const FIRST = 12;
const MORE = 200;

/** Events in words where they have some, and all of them as they are recorded on request. */
export function Events({ events }: { readonly events: readonly ClientEvent[] }) {
  const [isOpen, setOpen] = useState(false);
  const [count, setCount] = useState(FIRST);
  const told = events.flatMap((event) => {
    const phrases = eventWords(event);
    return phrases === undefined ? [] : [phrases];
  });
  return (
    <>
      <ul class="told">
        {told.slice(0, count).map((phrases, at) => (
          <li key={at}>
            <Sentence phrases={phrases} />
          </li>
        ))}
      </ul>
      {told.length > count && (
        <button type="button" class="button" onClick={() => setCount(count + MORE)}>
          {`Show more of ${told.length}`}
        </button>
      )}
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{told.length === 0 ? "Events as they are recorded" : "All events as they are recorded"}</summary>
        {isOpen && <Recorded events={events} />}
      </details>
    </>
  );
}

function Recorded({ events }: { readonly events: readonly ClientEvent[] }) {
  return (
    <ul class="events">
      {events.slice(0, MORE).map(({ type, attributes }, at) => (
        <li key={at}>
          <b>{lineOf(type)}</b>
          <dl>
            {attributes.slice(0, 40).map(({ key, value }, i) => (
              <div key={i}>
                <dt>{lineOf(key)}</dt>
                <dd>
                  <Value text={value} />
                </dd>
              </div>
            ))}
          </dl>
        </li>
      ))}
      {events.length > MORE && <li>{`${events.length - MORE} more are in the block's results of the node.`}</li>}
    </ul>
  );
}

function Value({ text }: { readonly text: string }) {
  const coins = coinsOf(text);
  if (coins === undefined) return <bdi>{lineOf(text, 300)}</bdi>;
  return (
    <>
      {coins.map((coin, at) => (
        <span key={at}>
          {at > 0 && ", "}
          <CoinAmount {...coin} />
        </span>
      ))}
    </>
  );
}
