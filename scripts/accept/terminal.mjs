// Command lines on a pseudo-terminal (`script` of util-linux), typed to as a person would.
import { spawn } from "node:child_process";

const PASSWORD = "correct horse battery";
export const MNEMONIC = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

/** What a person answers to which question. */
const ANSWERS = [
  [/\[y\/N\] $/, () => "y"],
  [/Type "([^"]+)" to go on: $/, (name) => name],
  [/[Mm]nemonic[^\n]*: ?$/, () => MNEMONIC],
  [/([Pp]assword[^\n]*|Again|Secret key in hex): $/, () => PASSWORD],
];

/** Keeps working directory and exported variables from line to line, as a shell that stays open does. */
const script = (line, state) =>
  `[ -e ${state} ] && . ${state}; set -o pipefail; ${line}\nrc=$?; { declare -px; printf 'cd %q\\n' "$PWD"; } > ${state}; exit $rc`;

/** Whatever ends accept ends what it started: without its terminal a node stops as well. */
const running = new Set();
process.on("exit", () => running.forEach(killGroup));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

/**
 * Starts a line. `done` resolves to its exit code; `output` is all that it printed so far.
 * @param shell { cwd, env, state }
 * @param timeoutMs no limit unless given
 * @param typed keys for the first questions, in turn; the others are answered as usual
 */
export function start(line, { cwd, env, state }, timeoutMs, typed = []) {
  const child = spawn("script", ["-qefc", `exec bash -c "$ACCEPT_LINE"`, "/dev/null"], {
    cwd,
    env: { ...env, ACCEPT_LINE: script(line, state), TERM: "dumb", COLUMNS: "200" },
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
  });
  running.add(child.pid);
  const run = { output: "", type: (text) => child.stdin.write(text), kill: () => killGroup(child.pid) };
  const keys = [...typed];
  let seen = 0;
  const take = (chunk) => {
    run.output += chunk.toString("utf8").replace(/\r/g, "");
    const [pattern, answer] = ANSWERS.find(([question]) => question.test(run.output.slice(seen))) ?? [];
    if (pattern === undefined) return;
    const [, word] = pattern.exec(run.output.slice(seen));
    seen = run.output.length;
    child.stdin.write(keys.shift() ?? `${answer(word)}\n`);
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  child.stdin.on("error", () => undefined); // It ended while it was typed to; its exit code says how.
  const timer =
    timeoutMs &&
    setTimeout(() => {
      run.output += `\nno end within ${timeoutMs / 1000} s`;
      run.kill();
    }, timeoutMs);
  run.done = new Promise((resolve) => {
    child.on("close", (code) => {
      clearTimeout(timer);
      running.delete(child.pid);
      resolve(code ?? 1);
    });
  });
  return run;
}

/** Waits until a server has printed what it prints when it is ready, or ends, or takes too long. */
export async function ready(run, pattern, timeoutMs) {
  let code;
  run.done.then((ended) => (code = ended));
  const late = performance.now() + timeoutMs;
  while (!pattern.test(run.output) && code === undefined) {
    if (performance.now() > late) run.kill();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return code === undefined;
}

function killGroup(pid) {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}
