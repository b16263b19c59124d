import { Fault } from "#proto/fault.js";
import { problem, type Problem, type ProblemStatus } from "#proto/exchange/openai/problem.js";

/** The model's server failed, in the shape that the client is told. */
export class UpstreamFault extends Fault<"upstream"> {
  readonly problem: Problem;

  constructor(told: Problem, cause?: unknown) {
    super("upstream", told.body.error.message, cause);
    this.problem = told;
  }
}

/** What can go wrong with a model's server. Nothing of it is the client's fault, but for what the server refuses. */
const FAILURES = {
  upstream_unreachable: [502, "the model's server cannot be reached"],
  upstream_slow: [504, "the model's server did not begin to answer in time"],
  upstream_stalled: [504, "the model's server stopped in the middle of its answer"],
  upstream_ended: [502, "the connection to the model's server ended in the middle of its answer"],
  upstream_empty: [502, "the model's server answered with nothing"],
  upstream_not_utf8: [502, "the model's server sent bytes that are not UTF-8"],
  upstream_not_json: [502, "the model's server sent what is not JSON"],
  upstream_wrong_shape: [502, "the model's server sent an answer of another shape"],
  upstream_too_large: [502, "the model's server sent a larger answer than is taken"],
  upstream_redirects: [502, "the model's server redirects, which is not followed"],
  upstream_busy: [503, "the model's server is busy"],
  upstream_failed: [502, "the model's server failed"],
} as const satisfies Readonly<Record<string, readonly [ProblemStatus, string]>>;

/** @param detail what was wrong, without what the server said of itself */
export function upstreamFault(code: keyof typeof FAILURES, detail = "", cause?: unknown): UpstreamFault {
  const [status, message] = FAILURES[code];
  return new UpstreamFault(problem(status, code, detail === "" ? message : `${message}: ${detail}`), cause);
}
