import { Fault } from "#proto/fault.js";

/** The configuration does not hold. `problems` name the file, the setting and what is allowed. */
export class ConfigFault extends Fault<"config_invalid"> {
  readonly problems: readonly string[];

  constructor(problems: readonly string[], cause?: unknown) {
    super("config_invalid", problems.join("\n"), cause);
    this.problems = problems;
  }
}
