import type { ClientEvent } from "#proto/client/index.js";
import { useState } from "preact/hooks";
import { lineOf } from "../../present/text.js";

const FIRST = 12;
const MORE = 200;

/** Events as they are recorded, a few first. */
export function Events({ events }: { readonly events: readonly ClientEvent[] }) {
  const [count, setCount] = useState(FIRST);
  return (
    <>
      <ul class="events">
        {events.slice(0, count).map(({ type, attributes }, at) => (
          <li key={at}>
            <b>{lineOf(type)}</b>
            <dl>
              {attributes.slice(0, 40).map(({ key, value }, i) => (
                <div key={i}>
                  <dt>{lineOf(key)}</dt>
                  <dd>
                    <bdi>{lineOf(value, 300)}</bdi>
                  </dd>
                </div>
              ))}
            </dl>
          </li>
        ))}
      </ul>
      {events.length > count && (
        <button type="button" class="button" onClick={() => setCount(count + MORE)}>
          {`Show more of ${events.length}`}
        </button>
      )}
    </>
  );
}
