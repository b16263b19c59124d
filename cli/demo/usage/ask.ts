import { SeededRandom } from "../random.js";
import type { ConsumerBook } from "./consumer.js";
import { askAbout } from "./prompts.js";
import { reply, type Provider } from "./provider.js";

/** One consumer asks `count` times; every answer is checked before it counts. */
export function ask(
  book: ConsumerBook,
  provider: Provider,
  texts: readonly [string, ...string[]],
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    const nonce = book.nextNonce;
    const question = askAbout(texts, SeededRandom.of(provider.seed, "question", book.terms.channelId, nonce));
    book.accept(question.prompt, reply(provider, book.terms, nonce, question));
  }
}
