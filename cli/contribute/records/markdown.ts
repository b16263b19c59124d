import { Lexer, Parser, type Token, type TokensList } from "marked";
import { page, textOfHtml } from "./html.js";
import type { Reader } from "./reader.js";
import { checkDepth, decoded, withoutMark } from "./record-list.js";

/** Lists in lists are read once for each level: together these bound the time to some seconds. */
const [BYTES_MAX, DEPTH_MAX] = [2 * 1024 * 1024, 64];

/** A quotation in a quotation is read by calling itself: how often is bounded here. */
class BoundedLexer extends Lexer {
  readonly #place: string;
  #depth = 0;

  constructor(place: string) {
    super({ gfm: true });
    this.#place = place;
  }

  override blockTokens(source: string, tokens?: Token[], lastParagraphClipped?: boolean): Token[];
  override blockTokens(source: string, tokens?: TokensList, lastParagraphClipped?: boolean): TokensList;
  override blockTokens(source: string, tokens?: Token[], lastParagraphClipped?: boolean): Token[] {
    return this.#deeper(() => super.blockTokens(source, tokens, lastParagraphClipped));
  }

  override inlineTokens(source: string, tokens?: Token[]): Token[] {
    return this.#deeper(() => super.inlineTokens(source, tokens));
  }

  #deeper<T>(work: () => T): T {
    checkDepth(++this.#depth, this.#place, DEPTH_MAX);
    const result = work();
    this.#depth--;
    return result;
  }
}

/** The text that a reader of the rendered Markdown sees, including its HTML. */
export const readMarkdown: Reader = ({ path, bytes }) => {
  const tokens = new BoundedLexer(path).lex(decoded(withoutMark(bytes), path, BYTES_MAX));
  return page(textOfHtml(Parser.parse(tokens), path), path);
};
