// docs/reference/errors.md from the tables of codes: rejections, faults, exit codes.
import { built, code, page, shell, source, sourcesBelow, table } from "./markdown.mjs";

/** What stands after a code in its table: the fields that come with it, or why. */
function notes(text) {
  return new Map([...text.matchAll(/^\s*(\w+): \d+, \/\/ (.+)$/gm)].map(([, name, note]) => [name, note]));
}

async function codespaces() {
  const found = [];
  for (const path of ["proto", "state", "node"].flatMap(sourcesBelow)) {
    const text = source(path);
    const names = [...text.matchAll(/export const (\w+) = codespace\("/g)].map(([, name]) => name);
    if (names.length === 0) continue;
    const module = await built(path.replace(/\.ts$/, ""));
    for (const name of names) found.push({ codes: Object.values(module[name]), notes: notes(text) });
  }
  return found.sort((a, b) => (a.codes[0].codespace < b.codes[0].codespace ? -1 : 1));
}

/** Fault classes by name: their codes out of the union type, with the comment beside each. */
function faults() {
  const found = [];
  for (const path of ["node", "p2p"].flatMap(sourcesBelow)) {
    const text = source(path);
    const [, name, union] =
      /type (\w+)FaultCode =([\s\S]*?"[\w.]+";[^\n]*)/.exec(text) ??
      /class (\w+)Fault extends Fault<("[^>]+)>/.exec(text) ??
      [];
    if (name === undefined) continue;
    const codes = [...union.matchAll(/"([\w.]+)";?(?:[ \t]*\/\/ *([^\n]+))?/g)];
    found.push({ name, rows: codes.map(([, value, note]) => [code(value), note ?? ""]) });
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

export async function errors() {
  const [{ exitMeanings }, { OS_ERRORS }] = await Promise.all(["cli/exit", "node/runtime/os-error"].map(built));
  const spaces = await codespaces();
  return page(
    "Errors",
    shell([
      "tribd query tx <hash> -o json | jq '{code, codespace, raw_log}'",
      "tribd tx bank send alice bob 1trib; echo $?",
    ]),
    "A _rejection_ is somebody's wrong input: codespace and code are permanent and part of the result's hash, the sentence " +
      "in the log is for people and names what it was about. A _fault_ is the world's failure: disk, key, network. What to " +
      "do about the ones that stop a node is in [operate.md](../operate.md#when-it-stops).",
    "## Exit codes of tribd",
    table(["code", "meaning"], exitMeanings),
    "## Rejections",
    "`sdk` has the numbers that every Cosmos client knows.",
    ...spaces.flatMap(({ codes, notes: about }) => [
      `### ${codes[0].codespace}`,
      table(
        ["code", "name", "with"],
        codes.map(({ name, code: number }) => [number, code(name), about.get(name) ?? ""]),
      ),
    ]),
    "## Errors of the operating system",
    "Their sentence names the file or the address; the next line says what to do.",
    table(
      ["code", "the system's name", "says", "next"],
      Object.entries(OS_ERRORS).map(([name, { code: own, says, next }]) => [code(own), name, says, next]),
    ),
    "## Faults of a node",
    ...faults().flatMap(({ name, rows }) => [`### ${name}`, table(["code", "meaning"], rows)]),
  );
}
