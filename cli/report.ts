import { Fault } from "#proto/fault.js";
import { ConfigFault } from "#node/config/fault.js";
import { osError } from "#node/runtime/os-error.js";
import { EXIT, type ExitCode } from "./exit.js";
import { CliFault } from "./fault.js";
import { shownLines } from "#proto/client/words/shown.js";
import type { Sink } from "./output/out.js";

/** Exit codes of failures that have one of their own. */
const EXITS: Readonly<Record<string, ExitCode>> = {
  "os.not_found": EXIT.notFound,
  "snapshot.missing": EXIT.notFound,
};

/** An expected failure as a person sees it: one sentence, and the next step. Undefined for a bug. */
export function faultOf(error: unknown): CliFault | undefined {
  if (error instanceof CliFault) return error;
  const system = osError(error);
  if (error instanceof ConfigFault) {
    return new CliFault(error.code, error.problems.join("\nerror: "), {
      fix: system?.next ?? "tribd config view shows the settings; tribd config set <name> <value> changes one",
      cause: error,
    });
  }
  if (error instanceof Fault) {
    const told = system === undefined || error.message.includes(system.says);
    const message = told ? error.message : `${error.message}: ${system.message}`;
    return faultWith(error.code, message, system?.next, error);
  }
  return system && faultWith(system.code, system.message, system.next, error);
}

function faultWith(code: string, message: string, fix: string | undefined, cause: unknown): CliFault {
  return new CliFault(code, message, {
    exit: EXITS[code] ?? EXIT.failed,
    ...(fix === undefined ? {} : { fix }),
    cause,
  });
}

/** Says what went wrong. @returns the exit code that says it to scripts */
export function report(error: unknown, stderr: Sink, trace: boolean): ExitCode {
  const say = (text: string): void => void stderr.write(`${text}\n`);
  const fault = faultOf(error);
  if (fault === undefined) {
    say(`bug: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return EXIT.bug;
  }
  say(`error: ${shownLines(fault.message)}`);
  if (fault.fix !== undefined) say(`  ${fault.fix}`);
  if (trace) {
    for (let cause = fault.cause; cause instanceof Error; cause = cause.cause) {
      say(`  caused by: ${shownLines(cause.message)}`);
    }
  }
  return fault.exit;
}
