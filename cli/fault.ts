import { Fault } from "#proto/fault.js";
import { EXIT, type ExitCode } from "./exit.js";

export interface FaultDetails {
  readonly exit?: ExitCode;
  /** Advice for the next step, as a command or a sentence. */
  readonly fix?: string;
  readonly cause?: unknown;
}

/** An expected failure: one sentence, what to do next, an exit code. Anything else that is thrown is a bug. */
export class CliFault extends Fault {
  readonly exit: ExitCode;
  readonly fix: string | undefined;

  constructor(code: string, message: string, details: FaultDetails = {}) {
    super(code, message, details.cause);
    this.exit = details.exit ?? EXIT.failed;
    this.fix = details.fix;
  }
}

export function usage(message: string, fix?: string): CliFault {
  return new CliFault("usage", message, { exit: EXIT.usage, ...(fix === undefined ? {} : { fix }) });
}

export function notFound(message: string, fix?: string): CliFault {
  return new CliFault("not_found", message, { exit: EXIT.notFound, ...(fix === undefined ? {} : { fix }) });
}

export function signing(code: string, message: string, fix?: string): CliFault {
  return new CliFault(code, message, { exit: EXIT.signing, ...(fix === undefined ? {} : { fix }) });
}
