import { SeededRandom } from "../../random.js";
import type { ConsumerBook } from "./consumer.js";
import { askAbout, type Sources } from "./prompts.js";
import { answer, type Provider } from "./provider.js";

/**
 * One consumer asks `count` times; every answer is checked before it counts.
 * @param height of the last block that both sides know
 */
export function ask(book: ConsumerBook, provider: Provider, sources: Sources, count: number, height: bigint): void {
  for (let i = 0; i < count; i++) {
    const random = SeededRandom.of(provider.seed, "question", book.terms.channelId, book.nextNonce);
    const prompt = askAbout(sources, random);
    const asked = book.ask(prompt.texts, height, { seed: random.bytes(32), salt: random.bytes(16) });
    book.accept(asked, answer(provider, book.terms, asked, prompt, height));
  }
}
