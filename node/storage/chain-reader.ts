import { present } from "#proto/assert.js";
import { readU64be, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import type { Base, Entry, Range } from "#state/store/base.js";
import { prove } from "#state/tree/prove.js";
import { BlockTable, within } from "./block-table.js";
import type { Db } from "./database/db.js";
import { StorageFault } from "./fault.js";
import { noFloors, readFloors, readHead, type Floors, type StoredHead } from "./head-record.js";
import { damaged, Records } from "./database/records.js";
import { StateHistory } from "./state/state-history.js";
import { readStored, type Stored } from "./state/state-record.js";
import { single, stateKey } from "./database/tables.js";
import { loadTop } from "./state/tree-load.js";
import { TreeStore } from "./state/tree-store.js";
import type { BlockReader, Head, StateProof, StateReader } from "./types.js";

/** Buckets that a reader keeps in memory, half a kilobyte each. */
const CACHED_BUCKETS = 2 ** 14;
/** Beyond this many heights, loading the tree again is about as fast as applying their changes. */
const FOLLOW_HEIGHTS_MAX = 500n;
/** Commits may come faster than a tree is loaded, while this node catches up. */
const FOLLOW_ATTEMPTS = 20;

/** Reads what another thread writes to the same database. Every answer asks it where the chain stands: nothing is stale. */
export function blockReader(db: Db): BlockReader {
  return new Blocks(new Records(db));
}

/** A reader of states as well, for a thread that answers queries. */
export interface FollowingReader extends StateReader {
  /**
   * Takes over the tree of the last committed height, which `prove` and `viewAt` compare with. When they find damage
   * while the head moves, that was the writer: follow and ask again.
   */
  follow(): Promise<Head>;
}

export function stateReader(db: Db): FollowingReader {
  return new States(new Records(db));
}

class Blocks extends BlockTable {
  #initialHeight: bigint | undefined;

  get head(): StoredHead | undefined {
    const stored = this.records.get(single("head"));
    return stored === undefined ? undefined : readHead(stored);
  }

  /** Read once: the record is the whole genesis. */
  get initialHeight(): bigint {
    if (this.#initialHeight === undefined) {
      const stored = this.records.get(single("genesis"));
      if (stored === undefined) return 1n;
      this.#initialHeight = readU64be(stored);
    }
    return this.#initialHeight;
  }

  protected get floors(): Floors {
    const stored = this.records.get(single("floors"));
    return stored === undefined ? noFloors(this.initialHeight) : readFloors(stored);
  }
}

class States extends Blocks implements FollowingReader {
  #tree: TreeStore | undefined;
  #treeHeight = -1n;

  async follow(): Promise<Head> {
    for (let attempt = 1; ; attempt++) {
      const head = present(this.head, "the writer has written genesis");
      try {
        await this.#takeOver(head);
        return head;
      } catch (error) {
        if (!(error instanceof StorageFault) || attempt === FOLLOW_ATTEMPTS || this.#standsAt(head.height)) throw error;
      }
    }
  }

  async #takeOver(head: StoredHead): Promise<void> {
    if (this.#tree !== undefined && head.height === this.#treeHeight) return;
    const near = head.height - this.#treeHeight <= FOLLOW_HEIGHTS_MAX;
    if (!near || this.#tree?.follow(this.#treeHeight, head) !== true) {
      this.#tree = undefined;
      this.#tree = new TreeStore(this.records, await loadTop(this.records, head), head.leaves, {
        bucketsCached: CACHED_BUCKETS,
      });
    }
    this.#treeHeight = head.height;
  }

  /** The head, read after the values: if they are of a later height, so is this head. */
  viewAt(height: bigint): Base {
    const check = (): void => within(height, this.floors.state, this.height);
    check();
    const history = new StateHistory(
      this.records,
      (key) => this.#stored(key),
      height,
      () => this.height,
    );
    return guarded(history, check);
  }

  prove(key: Bytes, height: bigint): StateProof {
    const tree = present(this.#tree, "a reader follows before it proves");
    const check = (): void => {
      const { proof } = this.floors;
      const { splitAt } = present(this.head, "genesis is written");
      within(height, proof > splitAt ? proof : splitAt, this.height);
    };
    check();
    return checkedAfter(check, () => {
      const values = this.viewAt(height);
      const source = tree.source(height, this.#treeHeight, values);
      const proof = prove(source, key);
      return { height, root: source.top.hash(1).slice(), value: values.get(key), proof };
    });
  }

  #standsAt(height: bigint): boolean {
    return this.height === height;
  }

  /** The latest value; while the tree is of the same height, they must agree. */
  #stored(key: Bytes): Stored | undefined {
    const record = stateKey(key);
    const bytes = this.records.get(record);
    const stored = bytes === undefined ? undefined : readStored(bytes);
    const comparable = this.#tree !== undefined && this.#standsAt(this.#treeHeight);
    if (comparable && !this.#tree!.matches(sha256(key), stored?.value)) {
      throw damaged(record, stored === undefined ? "is missing" : "is not what the state root commits to");
    }
    return stored;
  }
}

/** A base whose heights may be pruned by another thread: what was read counts only when they still are kept afterwards. */
function guarded(base: Base, check: () => void): Base {
  return {
    get: (key) => checkedAfter(check, () => base.get(key)),
    *range(range: Range): Generator<Entry, void, undefined> {
      try {
        yield* base.range(range);
      } finally {
        check();
      }
    },
  };
}

function checkedAfter<T>(check: () => void, read: () => T): T {
  try {
    return read();
  } finally {
    check(); // Its fault takes the place of what reading pruned records threw.
  }
}
