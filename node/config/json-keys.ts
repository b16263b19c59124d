/**
 * The path of the first key that an object of this text has twice, as `app_state.bank.supply`; undefined if all are unique.
 * One walk over the text; what is held is the keys of the objects that are open.
 * @param text JSON that has been parsed
 */
export function duplicateKey(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = []; // The keys of each object, undefined for a list.
  const path: string[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    const [token, isKey] = match;
    if (token === "{" || token === "[") {
      open.push(token === "{" ? new Set() : undefined);
      path.push("");
    } else if (token === "}" || token === "]") {
      open.pop();
      path.pop();
    } else if (isKey !== undefined) {
      // Compared as they are read: "a" and "\u0061" are one key.
      const key = JSON.parse(isKey) as string;
      const keys = open.at(-1)!;
      path[path.length - 1] = key;
      if (keys.has(key)) return path.filter((name) => name !== "").join(".");
      keys.add(key);
    }
  }
  return undefined;
}

/** A bracket; or a string, and whether it is a key. Numbers and words have neither in them. */
const TOKEN = /[{}[\]]|("[^"\\]*(?:\\.[^"\\]*)*")\s*:|"[^"\\]*(?:\\.[^"\\]*)*"/g;
