import { Fault } from "#proto/fault.js";

/** The book is damaged, or another program's. */
export class BookFault extends Fault<"book"> {
  constructor(message: string, cause?: unknown) {
    super("book", message, cause);
  }
}
