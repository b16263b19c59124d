import type { Ports } from "../consumer/ports.js";

/** What browsers and Node give alike. */
export const platform: Ports = {
  http: (url, { method, headers, body, signal, redirect }) =>
    fetch(url, { method, headers, signal, redirect, ...(body === undefined ? {} : { body: body.slice() }) }),
  random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
  now: () => Date.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const timer = setTimeout(ends, milliseconds);
      function ends(): void {
        clearTimeout(timer);
        signal.removeEventListener("abort", ends);
        resolve();
      }
      signal.addEventListener("abort", ends);
    }),
};
