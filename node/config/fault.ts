/** The configuration does not hold. `problems` name the file, the setting and what is allowed. */
export class ConfigFault extends Error {
  override readonly name = "ConfigFault";
  readonly code = "config_invalid";
  readonly problems: readonly string[];

  constructor(problems: readonly string[], cause?: unknown) {
    super(problems.join("\n"), cause === undefined ? undefined : { cause });
    this.problems = problems;
  }
}
