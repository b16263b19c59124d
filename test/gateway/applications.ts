import { setTimeout as sleep } from "node:timers/promises";
import { MODEL } from "#cli/demo/story/steps/serve.js";
import type { Programs } from "./programs.js";

/** What applications saw. */
export interface Answered {
  /** Requests with a whole answer. */
  answered: number;
  /** Further attempts of the same request. */
  retries: number;
}

const AT_ONCE = 8;
const BETWEEN_MS = 100;
/** A lane's pause between two questions: so they are spread over all kills. */
const PAUSE_MS = 1_300;
/** Attempts of one request: many restarts of both programs. */
const ATTEMPTS = 3_000;

/**
 * Applications that ask `count` different questions, every other one as a stream, and ask again as the official client does
 * until each has its answer.
 */
export async function askAll(
  { url, apiKey }: Pick<Programs, "url" | "apiKey">,
  count: number,
  seen: Answered,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const number = next++;
      for (let attempt = 0; ; attempt++) {
        const why = await asked(url, apiKey, number, attempt);
        if (why === undefined) break;
        if (attempt >= ATTEMPTS) throw new Error(`question ${number}, after ${ATTEMPTS} attempts: ${why}`);
        seen.retries++;
        await sleep(BETWEEN_MS);
      }
      seen.answered++;
      await sleep(PAUSE_MS);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

/** Undefined once the whole answer came, else why it did not. */
async function asked(url: string, apiKey: string, number: number, attempt: number): Promise<string | undefined> {
  const isStream = number % 2 === 1;
  const content = `Question ${number}. How would an address to Congress continue: The state of the Union ...`;
  try {
    const response = await fetch(`${url}/chat/completions`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${apiKey}`,
        "content-type": "application/json",
        "idempotency-key": `question-${number}`,
        "x-stainless-retry-count": String(attempt),
      },
      body: JSON.stringify({
        ...{ model: MODEL, stream: isStream, max_tokens: 64 },
        messages: [{ role: "user", content }],
      }),
    });
    const text = await response.text();
    if (!response.ok) return `${response.status} ${text}`;
    const isWhole = isStream ? text.trimEnd().endsWith("data: [DONE]") : text.trimEnd().endsWith("}");
    return isWhole ? undefined : "the answer ends early";
  } catch (error) {
    return String(error); // The connection ended: the program was killed.
  }
}
