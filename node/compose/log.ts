import { Fault } from "#proto/fault.js";
import { HaltReached } from "../chain/halt.js";
import { osError } from "../runtime/os-error.js";
import type { Life } from "../runtime/life.js";
import type { Config } from "../config/load.js";
import { logs, type Log } from "../telemetry/index.js";

/** The log of this process, on stderr. */
export function processLog({ config }: Config): (module: string) => Log {
  return logs({
    level: config["log_level"],
    format: config["log_format"],
    write: (line) => void process.stderr.write(line),
    now: () => Date.now(),
  });
}

/** Says why the process ends; a bug with its stack. */
export function watchFailure(life: Life, log: Log): void {
  void life.failed.then((error) => {
    if (error instanceof HaltReached) {
      return log.info("halt height reached: the node stops", { height: error.height.toString() });
    }
    const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
    const because = osError(error)?.message;
    log.error("this process stops", {
      error: message,
      ...(because === undefined ? {} : { because }),
      ...(error instanceof Fault || because !== undefined || stack === undefined ? {} : { stack }),
    });
  });
}
