import { performance } from "node:perf_hooks";
import { readU64be } from "#proto/bytes.js";
import type { IndexDb, IndexLog, IndexMetrics, IndexWork } from "./deps.js";
import { cursorKey, INDEX_FORMAT } from "./keys.js";
import { search, SEARCH_BOUNDS, type Search, type SearchBounds } from "./search.js";

/**
 * The search index: it follows committed heights by its own cursor, one atomic write a height, and holds nothing that
 * cannot be built again from what the chain keeps. A height becomes visible to callers only after `follow` returned.
 */
export interface Indexer {
  readonly search: Search;
  /** The last indexed height; below the first kept one when nothing is. */
  cursor(): bigint;
  /** Indexes every height up to `height`, which is committed. Calls wait for each other. */
  follow(height: bigint): Promise<void>;
  /** Throws the index away and builds it again up to `height`. */
  rebuild(height: bigint): Promise<void>;
  /** Takes a height out, before its block is pruned. */
  forget(height: bigint): Promise<void>;
}

export interface IndexerDeps {
  /** Only read here. */
  readonly db: IndexDb;
  readonly work: IndexWork;
  /** The lowest height whose block is kept. */
  firstHeight(): bigint;
  readonly log: IndexLog;
  readonly metrics: IndexMetrics;
  /** Of one search; SEARCH_BOUNDS unless told. */
  readonly searchBounds?: SearchBounds;
}

/** Opens the index; one of another format, or ahead of the chain (a rollback), is built again. @param latest committed height */
export async function openIndexer(deps: IndexerDeps, latest: bigint): Promise<Indexer> {
  const indexer = new Follower(deps);
  const ahead = indexer.cursor() > latest;
  if (ahead || !indexer.formatMatches()) await indexer.rebuild(latest);
  else await indexer.follow(latest);
  return indexer;
}

class Follower implements Indexer {
  readonly search: Search;
  readonly #deps: IndexerDeps;
  #queue: Promise<void> = Promise.resolve();

  constructor(deps: IndexerDeps) {
    this.#deps = deps;
    const heights = () => ({ first: deps.firstHeight(), last: this.cursor() });
    this.search = search(deps.db, heights, deps.searchBounds ?? SEARCH_BOUNDS);
  }

  cursor(): bigint {
    const record = this.#deps.db.get(cursorKey);
    return record === undefined ? 0n : readU64be(record, 1);
  }

  formatMatches(): boolean {
    const record = this.#deps.db.get(cursorKey);
    return record === undefined || record[0] === INDEX_FORMAT;
  }

  follow(height: bigint): Promise<void> {
    return this.#inTurn(() => this.#indexTo(height));
  }

  rebuild(height: bigint): Promise<void> {
    return this.#inTurn(async () => {
      this.#deps.log.info("rebuilding the search index", { height: String(height) });
      await this.#deps.work.erase();
      await this.#indexTo(height);
    });
  }

  forget(height: bigint): Promise<void> {
    return this.#inTurn(() => this.#deps.work.remove(height));
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#queue.then(work);
    this.#queue = turn.catch(() => undefined); // The caller of the failed turn hears of it; the next one starts anew.
    return turn;
  }

  async #indexTo(height: bigint): Promise<void> {
    const { firstHeight, work, metrics } = this.#deps;
    const first = firstHeight();
    const cursor = this.cursor();
    for (let at = cursor + 1n > first ? cursor + 1n : first; at <= height; at++) {
      const start = performance.now();
      const writes = await work.add(at);
      metrics.indexed(at, writes, (performance.now() - start) / 1000);
    }
  }
}
