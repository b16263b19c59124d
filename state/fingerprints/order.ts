import type { Before, Member } from "./members.js";

const NODES_MIN = 64;

/**
 * Ordered groups of members: treaps over one arena, whose priorities are keyed hashes of ids, so that no order of arrival
 * makes one deep. A group is a node as well: its left link is the root, and its id is the first member. Steps grow with
 * the logarithm of a group's size; the first member is there at once.
 */
export class OrderedGroups {
  readonly #members: readonly (Member | undefined)[];
  readonly #before: Before;
  readonly #key: number;
  /** Left and right link of node n at 2n and 2n + 1; 0 ends. */
  #links = new Uint32Array(2 * NODES_MIN);
  #ids = new Uint32Array(NODES_MIN);
  #end = 1;
  /** Head of the list of free nodes, over their left links. */
  #free = 0;

  /** @param members by id; @param key 32 secret bits */
  constructor(members: readonly (Member | undefined)[], before: Before, key: number) {
    this.#members = members;
    this.#before = before;
    this.#key = key;
  }

  /** Size of the arrays in bytes. */
  get bytes(): number {
    return this.#links.byteLength + this.#ids.byteLength;
  }

  /** A group of one member. */
  create(id: number): number {
    const group = this.#node(0);
    this.insert(group, id);
    return group;
  }

  /** The id of a group's first member. */
  first(group: number): number {
    return this.#ids[group]!;
  }

  /** Adds a member that the group does not have. */
  insert(group: number, id: number): void {
    const node = this.#node(id);
    const [links, ids] = [this.#links, this.#ids];
    const priority = this.#priority(id);
    let link = 2 * group;
    let at = links[link]!;
    while (at !== 0 && this.#priority(ids[at]!) >= priority) {
      link = 2 * at + (this.#isBefore(id, ids[at]!) ? 0 : 1);
      at = links[link]!;
    }
    links[link] = node;
    let [left, right] = [2 * node, 2 * node + 1];
    while (at !== 0) {
      if (this.#isBefore(ids[at]!, id)) {
        links[left] = at;
        left = 2 * at + 1;
        at = links[left]!;
      } else {
        links[right] = at;
        right = 2 * at;
        at = links[right]!;
      }
    }
    links[left] = 0;
    links[right] = 0;
    const first = ids[group]!;
    if (first === 0 || this.#isBefore(id, first)) ids[group] = id;
  }

  /**
   * Removes a member that the group has, of two or more. The last that is left is no group any more.
   * @returns the only member that is left, 0 if there are more
   */
  remove(group: number, id: number): number {
    const [links, ids] = [this.#links, this.#ids];
    let link = 2 * group;
    let node = links[link]!;
    while (ids[node] !== id) {
      link = 2 * node + (this.#isBefore(id, ids[node]!) ? 0 : 1);
      node = links[link]!;
    }
    let [left, right] = [links[2 * node]!, links[2 * node + 1]!];
    while (left !== 0 && right !== 0) {
      if (this.#priority(ids[left]!) >= this.#priority(ids[right]!)) {
        links[link] = left;
        link = 2 * left + 1;
        left = links[link]!;
      } else {
        links[link] = right;
        link = 2 * right;
        right = links[link]!;
      }
    }
    links[link] = left === 0 ? right : left;
    this.#release(node);
    const root = links[2 * group]!;
    if (links[2 * root] === 0 && links[2 * root + 1] === 0) {
      const only = ids[root]!;
      this.#release(root);
      this.#release(group);
      return only;
    }
    if (ids[group] === id) ids[group] = this.#leftmost(root);
    return 0;
  }

  /** Ids of a group, in order. */
  *ids(group: number): Iterable<number> {
    const open: number[] = [];
    let at = this.#links[2 * group]!;
    while (at !== 0 || open.length > 0) {
      for (; at !== 0; at = this.#links[2 * at]!) open.push(at);
      at = open.pop()!;
      yield this.#ids[at]!;
      at = this.#links[2 * at + 1]!;
    }
  }

  #leftmost(root: number): number {
    let at = root;
    for (let left = this.#links[2 * at]!; left !== 0; left = this.#links[2 * at]!) at = left;
    return this.#ids[at]!;
  }

  #isBefore(a: number, b: number): boolean {
    return this.#before(this.#members[a]!, this.#members[b]!);
  }

  /** A keyed hash of the id. Without the key, ids that make a treap deep cannot be chosen. */
  #priority(id: number): number {
    let mixed = Math.imul(id ^ this.#key, 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    mixed = Math.imul((mixed ^ (mixed >>> 16)) + this.#key, 0x27d4eb2f);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  }

  #node(id: number): number {
    let node = this.#free;
    if (node !== 0) this.#free = this.#links[2 * node]!;
    else {
      if (this.#end === this.#ids.length) this.#grow();
      node = this.#end++;
    }
    this.#links[2 * node] = 0;
    this.#links[2 * node + 1] = 0;
    this.#ids[node] = id;
    return node;
  }

  #release(node: number): void {
    this.#links[2 * node] = this.#free;
    this.#links[2 * node + 1] = 0;
    this.#free = node;
  }

  #grow(): void {
    const [links, ids] = [this.#links, this.#ids];
    this.#links = new Uint32Array(2 * links.length);
    this.#links.set(links);
    this.#ids = new Uint32Array(2 * ids.length);
    this.#ids.set(ids);
  }
}
