import { setTimeout as sleep } from "node:timers/promises";
import { HaltReached } from "#node/chain/halt.js";
import { Life } from "#node/runtime/life.js";
import { EXIT, type ExitCode } from "./exit.js";
import { CliFault } from "./fault.js";
import { faultOf, report } from "./report.js";
import type { World } from "./world.js";

/** From the first reason to end until the process is gone, whatever does not close: less than 10 s with the last resort. */
const END_MS = 8_500;
/** When all is closed, what still keeps the process gets no longer than this. */
const CLOSED_MS = 500;

type Reason =
  | { readonly kind: "asked" }
  | { readonly kind: "not_started"; readonly error: unknown }
  | { readonly kind: "failed"; readonly error: unknown };

/**
 * Starts a node, a signer or the explorer and waits for Ctrl-C, SIGTERM or its own end; a second signal ends at once. The process ends
 * after it in any case, with the code that says why.
 */
export async function untilStopped(
  what: "node" | "signer" | "model server" | "gateway" | "consumer" | "explorer",
  world: World,
  start: (life: Life) => Promise<void>,
): Promise<ExitCode> {
  const { process } = world.system;
  const life = new Life();
  const asked = signalled(world, life);
  const starting = start(life);
  const notStarted = starting.then(
    () => new Promise<never>(() => undefined),
    (error: unknown): Reason => ({ kind: "not_started", error }),
  );
  const failed = life.failed.then((error): Reason => ({ kind: "failed", error }));
  const reason = await Promise.race([asked, failed, notStarted]);
  const code = said(what, reason, world);
  process.endWithin(END_MS, code);
  const problems = [...(await life.close())];
  // What a start had under way is closed as well: it ends at the next thing that it opens.
  await Promise.race([starting.catch(() => undefined), sleep(CLOSED_MS, undefined, { ref: false })]);
  problems.push(...(await life.close()));
  for (const problem of problems) world.out.warn(`not closed: ${problem}`);
  const last = problems.length > 0 && code === EXIT.ok ? EXIT.stopped : code;
  process.endWithin(CLOSED_MS, last);
  return last;
}

function said(what: string, reason: Reason, world: World): ExitCode {
  if (reason.kind === "asked") {
    world.out.note("stopping; Ctrl-C again ends at once");
    return EXIT.ok;
  }
  if (reason.error instanceof HaltReached) {
    world.out.note(reason.error.message); // What was asked for has happened.
    return EXIT.ok;
  }
  const fault = faultOf(reason.error);
  if (fault === undefined) return report(reason.error, world.system.stderr, world.trace);
  const { code, message, fix = "tribd doctor looks for the cause", cause } = fault;
  const [text, exit] =
    reason.kind === "failed" ? [`the ${what} stopped: ${message}`, EXIT.stopped] : [message, EXIT.notStarted];
  return report(new CliFault(code, text, { exit, fix, cause }), world.system.stderr, world.trace);
}

/** The first signal that asks to stop; the second one ends the process. */
function signalled({ system, out }: World, life: Life): Promise<Reason> {
  return new Promise((resolve) => {
    let count = 0;
    system.process.stay({
      signal(name) {
        // Without a terminal (nohup, a service) nothing has gone away that mattered.
        if (name === "SIGHUP" && !system.process.atTerminal) return out.note("SIGHUP: going on");
        if (++count > 1) system.process.endWithin(0, EXIT.interrupted);
        resolve({ kind: "asked" });
      },
      uncaught: (error) => life.uncaught(error),
    });
  });
}
