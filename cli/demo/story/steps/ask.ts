import type OpenAI from "openai";
import { CliFault } from "../../../fault.js";
import { SeededRandom } from "../../../random.js";
import { askAbout, type Sources } from "../../usage/prompts.js";
import type { Story } from "../story.js";
import type { ConsumerProgram } from "./consumers.js";
import { MODEL } from "./serve.js";

/** Questions of one consumer that are under way at once. */
const AT_ONCE = 8;
const ANSWER_TOKENS = 128;

/** The official client, the one of applications. @throws CliFault(no_openai) saying what to install */
export async function loadOpenAI(): Promise<typeof OpenAI> {
  try {
    return (await import("openai")).default;
  } catch (cause) {
    throw new CliFault("no_openai", "the demo's applications use the package openai, which is not installed", {
      fix: "npm install openai",
      cause,
    });
  }
}

/**
 * An application asks `count` questions of one consumer, every other one as a stream. What comes back was checked by the
 * consumer's program; it is paid for meanwhile.
 * @returns answers that came as streams
 */
export async function askAll(
  { seed, talk }: Story,
  { name, url, apiKey }: ConsumerProgram,
  sources: Sources,
  { from, count }: { readonly from: number; readonly count: number },
): Promise<number> {
  const client = new (await loadOpenAI())({ baseURL: url, apiKey, maxRetries: 2 });
  let next = from;
  let streamed = 0;
  const lane = async (): Promise<void> => {
    while (next < from + count) {
      const number = next++;
      const content = askAbout(sources, SeededRandom.of(seed, "question", name, number));
      const asked = { model: MODEL, messages: [{ role: "user" as const, content }], max_tokens: ANSWER_TOKENS };
      if (number % 2 === 0) {
        await client.chat.completions.create(asked);
        continue;
      }
      streamed++;
      for await (const chunk of await client.chat.completions.create({ ...asked, stream: true })) void chunk;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  talk.say(`${name}'s application asked ${count} times through the package openai, ${streamed} of them as streams`);
  return streamed;
}
