// docs/reference/errors.md from the tables of codes: rejections, faults, exit codes.
import { built, code, page, shell, source, sourcesBelow, table } from "./markdown.mjs";

const FAULTS = {
  "node/chain/types.ts": "Chain",
  "node/signer/fault.ts": "Signer",
  "node/storage/fault.ts": "Storage",
  "p2p/host.ts": "Network",
};

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

/** Codes of a fault class, out of its union type, with the comment beside each. */
function faultCodes(text) {
  const [, union] = /(?:FaultCode =|readonly code:)([^;]+);/.exec(text) ?? [];
  return [...(union ?? "").matchAll(/"([\w.]+)"(?:[ \t]*\/\/ *([^\n]+))?/g)].map(([, name, note]) => [
    code(name),
    note ?? "",
  ]);
}

export async function errors() {
  const [{ exitMeanings }] = await Promise.all(["cli/exit"].map(built));
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
    "## Faults of a node",
    ...Object.entries(FAULTS).flatMap(([path, title]) => [
      `### ${title}`,
      table(["code", "meaning"], faultCodes(source(path))),
    ]),
  );
}
