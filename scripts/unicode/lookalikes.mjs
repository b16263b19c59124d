// The classes of letters and digits that look alike, as Unicode 15.0 folds case and UTS #39 maps confusables.
//
// confusables.txt is of Unicode 13.0.0: a letter that came later is alone in its class, or with its other case.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const codePoints = (text) => Array.from(text, (symbol) => symbol.codePointAt(0));
const text = (...points) => String.fromCodePoint(...points);
const fromHex = (list) => text(...list.split(" ").map((point) => Number.parseInt(point, 16)));

/** UTS #39 prototypes: symbol to string. */
function readPrototypes() {
  const lines = readFileSync(join(import.meta.dirname, "confusables.txt"), "ascii").split("\n");
  const rows = lines.filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(rows.map((line) => line.split(";").map(fromHex)));
}

/** Disjoint sets of numbers; the representative of a set is its least member. */
function disjointSets(members) {
  const parents = new Map(members.map((member) => [member, member]));
  const find = (member) => {
    let root = member;
    while (parents.get(root) !== root) root = parents.get(root);
    return root;
  };
  return {
    has: (member) => parents.has(member),
    find,
    /** Whether two sets became one. */
    join(a, b) {
      const [low, high] = [find(a), find(b)].sort((left, right) => left - right);
      parents.set(high, low);
      return low !== high;
    },
  };
}

/**
 * Rows "letter, representative" of all letters and digits that are not their own representative. Two are of one class if
 * case folding maps one to the other, if one is the other's prototype, or if their canonical decompositions are equal after
 * each part was replaced by its prototype and each letter by its representative; and so on until no class grows.
 * @param letters letters and digits that NFKC leaves as they are
 * @param folds pairs of simple case folding
 */
export function lookalikes(letters, folds) {
  const prototypes = readPrototypes();
  const classes = disjointSets(letters);
  const pairs = [
    ...folds,
    ...[...prototypes]
      .map((pair) => pair.map(codePoints))
      .filter(isPair)
      .map(([a, b]) => [a[0], b[0]]),
  ];
  for (const [a, b] of pairs) if (classes.has(a) && classes.has(b)) classes.join(a, b);

  const symbolKey = (symbol) => {
    const parts = codePoints((prototypes.get(symbol) ?? symbol).normalize("NFD"));
    return text(...parts.map((point) => (classes.has(point) ? classes.find(point) : point)));
  };
  const key = (letter) => Array.from(text(letter).normalize("NFD"), symbolKey).join("");
  for (let grew = true; grew;) {
    grew = false;
    const first = new Map();
    for (const letter of letters) {
      const own = key(letter);
      if (!first.has(own)) first.set(own, letter);
      else if (classes.join(first.get(own), letter)) grew = true;
    }
  }
  return letters.map((letter) => [letter, classes.find(letter)]).filter(([letter, least]) => letter !== least);
}

const isPair = ([source, prototype]) => source.length === 1 && prototype.length === 1;
