import { rows, type FileName } from "./table.js";
import type { Setting } from "./kinds.js";

const titles: { readonly [F in FileName]: string } = {
  config: "Node: network, consensus, RPC. A flag or an environment variable TRIBD_<NAME> overrides a line.",
  app: "Application: fees, retention, REST. A flag or an environment variable TRIBD_<NAME> overrides a line.",
  client: "Client: what tribd uses when a flag is not given.",
};

/** The TOML of one file, with a comment above each setting; values not given are the defaults. */
export function renderToml(file: FileName, values: Readonly<Record<string, unknown>> = {}): string {
  const lines = [`# ${titles[file]}`, ""];
  let section = "";
  for (const [name, setting] of rows(file)) {
    const dot = name.lastIndexOf(".");
    const own = dot < 0 ? "" : name.slice(0, dot);
    if (own !== section) {
      section = own;
      lines.push(`[${section}]`, "");
    }
    lines.push(...settingLines(name.slice(dot + 1), setting, values[name] ?? setting.fallback), "");
  }
  return lines.join("\n");
}

function settingLines(key: string, setting: Setting<unknown>, value: unknown): string[] {
  return [`# ${setting.doc} (${setting.range})`, `${key} = ${tomlValue(value)}`];
}

export function tomlValue(value: unknown): string {
  // JSON's strings, numbers, booleans and lists of strings are TOML's, except that TOML has no \/ and JSON writes none.
  return Array.isArray(value) ? `[${value.map((item) => JSON.stringify(item)).join(", ")}]` : JSON.stringify(value);
}

/**
 * Replaces one setting in a file's text and leaves every other byte, comments included. A setting that the file does not
 * have is added to its section.
 */
export function setInToml(source: string, name: string, value: unknown): string {
  const dot = name.lastIndexOf(".");
  const section = dot < 0 ? "" : name.slice(0, dot);
  const key = name.slice(dot + 1);
  const line = `${key} = ${tomlValue(value)}`;
  const lines = source.split("\n");
  let current = "";
  let lastOfSection = section === "" ? -1 : undefined;
  for (let i = 0; i < lines.length; i++) {
    const header = /^\s*\[([^[\]]+)\]\s*(#.*)?$/.exec(lines[i]!);
    if (header !== null) current = header[1]!.trim();
    if (current !== section) continue;
    const assignment = /^\s*([A-Za-z0-9_-]+)\s*=/.exec(lines[i]!);
    if (header !== null || assignment !== null) lastOfSection = i;
    if (assignment?.[1] !== key) continue;
    lines.splice(i, linesOfValue(lines, i), line);
    return lines.join("\n");
  }
  if (lastOfSection === undefined) return `${source.trimEnd()}\n\n[${section}]\n\n${line}\n`;
  lines.splice(lastOfSection + 1, 0, line);
  return lines.join("\n");
}

/** A list may go over several lines; it ends at the line with its closing bracket. */
function linesOfValue(lines: readonly string[], at: number): number {
  const value = lines[at]!.slice(lines[at]!.indexOf("=") + 1).trim();
  if (!value.startsWith("[") || value.includes("]")) return 1;
  for (let i = at + 1; i < lines.length; i++) if (lines[i]!.includes("]")) return i - at + 1;
  return 1;
}
