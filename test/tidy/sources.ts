import { readFileSync, readdirSync } from "node:fs";
import { join, sep } from "node:path";

/** The repository's root, seen from the built test. */
export const root = join(import.meta.dirname, "..", "..", "..");

export const folders = ["proto", "state", "consensus", "p2p", "node", "cli", "test"] as const;

export interface Source {
  /** Slash-separated, from the root. */
  readonly path: string;
  readonly text: string;
  /** The text without comments and string contents: what the engine executes. */
  readonly code: string;
}

/** All hand-written TypeScript below the given folders. */
export function sources(...below: readonly string[]): Source[] {
  const found: Source[] = [];
  for (const folder of below) {
    let names: string[];
    try {
      names = readdirSync(join(root, folder), { recursive: true }).map(String);
    } catch (error) {
      if ((error as { code?: string }).code === "ENOENT") continue;
      throw error;
    }
    for (const name of names.sort()) {
      if (!/\.tsx?$/.test(name) || name.startsWith(`gen${sep}`)) continue;
      const path = join(folder, name).split(sep).join("/");
      const text = readFileSync(join(root, path), "utf8");
      found.push({ path, text, code: withoutProse(text) });
    }
  }
  return found;
}

function withoutProse(text: string): string {
  // Order matters: a quote inside a comment opens no string, a slash inside a string opens no comment.
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, (found) =>
    found.startsWith("/") ? "" : '""',
  );
}

/** Module specifiers of imports and re-exports. */
export function imports(text: string): string[] {
  const found: string[] = [];
  for (const match of text.matchAll(
    /^\s*(?:import|export)\b[^;]*?from\s+"([^"]+)"|^\s*import\s+"([^"]+)"|import\("([^"]+)"\)/gm,
  )) {
    found.push((match[1] ?? match[2] ?? match[3])!);
  }
  return found;
}
