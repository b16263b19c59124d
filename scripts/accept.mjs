// Runs what help, README and docs show, as written, on a pseudo-terminal; then the package as a stranger installs it, and the
// story and a slice of the tests on the newest Node. `npm run accept [-- <part of a line's source or stage>]`.
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { root } from "./docs/markdown.mjs";
import { excused } from "./accept/excused.mjs";
import { explore } from "./accept/explorer/index.mjs";
import { keyboard } from "./accept/keyboard.mjs";
import { helpLines, pageLines, pages, PROGRAM_PAGES, programs } from "./accept/lines.mjs";
import { installPackage, newestNode, sliceOfTests } from "./accept/package.mjs";
import {
  before,
  filled,
  files,
  ORDER,
  places,
  PROGRAM_WORLD,
  refused,
  servers,
  stages,
  STORY_PAGES,
} from "./accept/stages.mjs";
import { ready, start } from "./accept/terminal.mjs";

const LINE_MS = 60_000;
const SERVER_MS = 400_000;
const [wanted] = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), "tribd-accept-"));
const count = { passed: 0, failed: 0 };

function report(what, problem) {
  if (problem === undefined) count.passed++;
  else {
    count.failed++;
    process.stdout.write(`FAILED ${what}\n${problem.replace(/^/gm, "    ")}\n`);
  }
}

/** A home of its own for one stage: HOME, a working directory with the files of the examples, tribd in PATH. */
function place(name) {
  const at = join(scratch, name);
  for (const folder of ["home", "work/texts", "bin", "root/run/tribd"]) {
    mkdirSync(join(at, folder), { recursive: true });
  }
  for (const [file, text] of Object.entries(files)) writeFileSync(join(at, "work", file), text);
  const program = join(at, "bin", "tribd");
  // The story runs from the installed package, on the newest Node.
  const isStory = name === "story" && installed !== undefined;
  const main = isStory ? join(installed, "node_modules/tributary/dist/cli/main.js") : join(root, "dist/cli/main.js");
  writeFileSync(
    program,
    `#!/bin/sh\nexec "${isStory ? (newest.node ?? process.execPath) : process.execPath}" "${main}" "$@"\n`,
  );
  chmodSync(program, 0o755);
  return shellAt(at);
}

function shellAt(at) {
  const env = {
    ACCEPT_PACKAGE: installed ?? "",
    PATH: `${join(at, "bin")}:${process.env.PATH}`,
    HOME: join(at, "home"),
    ACCEPT_ROOT: join(at, "root"),
  };
  return { at, cwd: join(at, "work"), env: { ...env, LANG: "C.UTF-8" }, state: join(at, "state") };
}

const fitting = (rows, line) => rows.find(([pattern]) => pattern.test(line));

class Stage {
  #shell;
  /** By kind, in the order of their start. */
  #servers = new Map();
  #remove;

  constructor(shell, remove) {
    this.#shell = shell;
    this.#remove = remove;
  }

  /** The same home for a line that only reads, with a state of its own: several run at once. */
  aside() {
    const state = join(this.#shell.at, `state-${++copies}`);
    cpSync(this.#shell.state, state);
    return new Stage({ ...this.#shell, state });
  }

  /** After the line of a copy: its server ends, and the copy goes. @returns what went wrong */
  async discard() {
    if (this.#remove === undefined) return undefined;
    const problem = await this.stop();
    this.#remove();
    return problem;
  }

  /** @returns what went wrong */
  async run(line, { words, source = "" } = {}) {
    const server = fitting(servers, line);
    const text = filled.reduce((typed, [pattern, value]) => typed.replace(pattern, () => value), line);
    if (server === undefined) return this.#toEnd(text, `${source}: ${line}`);
    const kind = server[2] ?? "chain";
    const stopped = kind === "chain" ? await this.stop() : await this.#stop(kind);
    if (stopped !== undefined) return stopped;
    // A shell saves its variables when it ends: a server's would undo what later lines have exported.
    const state = `${this.#shell.state}-${kind}`;
    if (existsSync(this.#shell.state)) cpSync(this.#shell.state, state);
    const run = start(text, { ...this.#shell, state });
    this.#servers.set(kind, { run, line });
    return (await ready(run, words ?? server[1], SERVER_MS)) ? undefined : `${line}: it ended early\n${run.output}`;
  }

  async #toEnd(text, what) {
    const run = start(text, this.#shell, LINE_MS);
    const code = await run.done;
    const row = fitting(refused, what);
    if (row !== undefined) {
      return code !== 0 && row[1].test(run.output)
        ? undefined
        : `not refused with ${row[1]}\n${run.output.slice(-2000)}`;
    }
    return code === 0 ? undefined : `exit code ${code}\n${run.output.slice(-2000)}`;
  }

  /** The servers end, the last one first. */
  async stop() {
    const problems = [];
    for (const kind of [...this.#servers.keys()].reverse()) problems.push(await this.#stop(kind));
    return problems.find((problem) => problem !== undefined);
  }

  /** Ctrl-C, as a person ends a server. */
  async #stop(kind) {
    const server = this.#servers.get(kind);
    if (server === undefined) return undefined;
    const { run, line } = server;
    this.#servers.delete(kind);
    run.type("\u0003");
    const code = await run.done;
    return code === 0 || code === 130
      ? undefined
      : `${line}: exit code ${code} after Ctrl-C\n${run.output.slice(-2000)}`;
  }
}

async function prepare(stage, setup) {
  for (const step of setup) {
    const [line, words] = Array.isArray(step) ? step : [step];
    const problem = line === "stop" ? await stage.stop() : await stage.run(line, { words });
    if (problem !== undefined) throw new Error(`setup: ${line}: ${problem}`);
  }
}

async function runStage(name, lines) {
  const { mode, setup } = stages[name];
  const shell = place(name);
  const first = new Stage(shell);
  await prepare(first, setup);
  const isAlone = ({ source, line }) =>
    mode === "in order" ||
    fitting(servers, line) !== undefined ||
    (mode === "read" && (/program/.test(source) || STORY_PAGES.some((page) => source.startsWith(page))));
  for (const found of lines.filter(isAlone)) await runLine(found, mode === "each" ? copyOf(shell) : first);
  const others = lines.filter((found) => !isAlone(found));
  const lane = async () => {
    for (let found = others.shift(); found !== undefined; found = others.shift()) {
      await runLine(found, mode === "each" ? copyOf(shell) : first.aside());
    }
  };
  await Promise.all([lane(), lane()]);
  if (name === "story" && (isWhole || wanted === name)) await explore(shell, place("fresh"), report);
  report(`${name}: the last server ends`, await first.stop());
}

async function runLine({ source, line }, stage) {
  const what = `${source}: ${line}`;
  try {
    await prepare(stage, fitting(before, what)?.[1] ?? []);
    report(what, (await stage.run(line, { source })) ?? (await stage.discard()));
  } catch (error) {
    report(what, error.message);
  }
}

/** What `work` gives; undefined, with a failure reported, when it throws. */
function attempt(what, work) {
  try {
    const value = work();
    report(what);
    return value;
  } catch (error) {
    report(what, `${error.message}\n${error.stderr ?? ""}`);
    return undefined;
  }
}

let copies = 0;

/** What a stage has made, for one line: the same files, no working directory and no variables of another line. */
function copyOf(shell) {
  const at = join(scratch, `copy-${++copies}`);
  cpSync(shell.at, at, { recursive: true });
  rmSync(join(at, "state"), { force: true });
  return new Stage(shellAt(at), () => rmSync(at, { recursive: true, force: true }));
}

process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
const started = performance.now();
const isWhole = wanted === undefined;
const installed =
  isWhole || wanted === "package" || wanted === "story"
    ? attempt("npm pack, npm install", () => installPackage(scratch))
    : undefined;
const newest = isWhole || wanted === "story" ? newestNode(scratch) : { why: "only a part was asked for" };
if (newest.why !== undefined) process.stdout.write(`newest Node: left out, ${newest.why}\n`);
if (isWhole && newest.node !== undefined) report(`a slice of the tests on ${newest.node}`, sliceOfTests(newest.node));

const hasPython = () => spawnSync("python3", ["-c", "import openai"]).status === 0;
const all = [...(await helpLines()), ...pages.flatMap(pageLines)];
const used = new Set();
const byStage = Object.fromEntries(Object.keys(stages).map((name) => [name, []]));
for (const found of all) {
  const { source, line } = found;
  const excuse = fitting(excused, line);
  if (excuse !== undefined) {
    used.add(excuse);
    continue;
  }
  const row = places.find(
    ([{ source: from, line: like }]) => (from?.test(source) ?? true) && (like?.test(line) ?? true),
  );
  if (row !== undefined) byStage[row[1]].push(found);
  else if (/\b(tribd|npm) /.test(line)) {
    report(`${source}: ${line}`, "no stage runs it, and scripts/accept/excused.mjs does not name it");
  }
}
for (const row of excused) report(`excused ${row[0]}`, used.has(row) ? undefined : "no line is like this any more");
if (installed !== undefined) {
  for (const [at, { source, program, run, ending }] of PROGRAM_PAGES.flatMap(programs).entries()) {
    if (run === "python3" && !hasPython()) {
      process.stdout.write(`${source}: left out, python3 has no package openai here\n`);
      continue;
    }
    const file = `program-${at}.${ending}`;
    writeFileSync(join(installed, file), program);
    byStage.story.push({ source, line: `cd $ACCEPT_PACKAGE && ${PROGRAM_WORLD} ${run} ${file}` });
  }
}
const page = ({ source }) => (STORY_PAGES.findIndex((name) => source.startsWith(name)) + 9) % 9;
byStage.story.sort((a, b) => page(a) - page(b));
const rank = ({ line }) => (ORDER.findIndex((words) => line.startsWith(words)) + ORDER.length + 1) % (ORDER.length + 1);
byStage.tx.sort((a, b) => rank(a) - rank(b));
for (const [name, lines] of Object.entries(byStage)) {
  const chosen =
    wanted === undefined || wanted === name
      ? lines
      : wanted in stages
        ? []
        : lines.filter(({ source, line }) => `${source} ${line}`.includes(wanted));
  if (chosen.length > 0) await runStage(name, chosen);
}
if (isWhole || wanted === "keyboard") {
  const shell = place("keyboard");
  for (const { line, typed, code, prints } of keyboard) {
    const run = start(line, shell, LINE_MS, typed);
    const ended = await run.done;
    const isRight = ended === code && prints.test(run.output);
    report(`keyboard: ${line}`, isRight ? undefined : `exit code ${ended}, not ${code} with ${prints}\n${run.output}`);
  }
}
process.stdout.write(`time: ${Math.round((performance.now() - started) / 1000)} s\n`);
process.stdout.write(`${count.passed} passed, ${count.failed} failed\n`);
process.exitCode = count.failed === 0 ? 0 : 1;
