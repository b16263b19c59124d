/**
 * The world failed: disk, network, operating system, settings, or another program. The message says what a person can do. An
 * invalid input of the protocol is a Rejection, a bug of ours an AssertionError.
 */
export class Fault<Code extends string = string> extends Error {
  readonly code: Code;

  constructor(code: Code, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
  }
}
