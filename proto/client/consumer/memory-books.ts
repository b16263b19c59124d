import { present } from "../../assert.js";
import type { Book, ChannelHead } from "./book.js";
import type { Books } from "./channels.js";
import { MemoryBook } from "./memory-book.js";

/** Books that end with the program (memory-book.ts). */
export class MemoryBooks implements Books {
  readonly #books = new Map<bigint, { readonly head: ChannelHead; readonly book: Book }>();

  heads(): Promise<readonly ChannelHead[]> {
    return Promise.resolve([...this.#books.values()].map(({ head }) => head));
  }

  add(head: ChannelHead): Promise<void> {
    this.#books.set(head.terms.channelId, { head, book: new MemoryBook() });
    return Promise.resolve();
  }

  book(channelId: bigint): Book {
    return present(this.#books.get(channelId), "a book has its head").book;
  }

  withdrawn(channelId: bigint): Promise<void> {
    this.#books.delete(channelId);
    return Promise.resolve();
  }
}
