import { utf8, type Bytes } from "../../bytes.js";
import type { JsonObject } from "../../codec/json-text.js";
import { problem, problemLine, problemOf, type Problem, type ProblemStatus } from "../../exchange/openai/problem.js";
import type { Rejection } from "../../rejection.js";
import type { Refusal } from "./gateway.js";

/** A problem as a response. Whether to ask again is said in the header that the official clients obey. */
export function problemResponse({ status, body, mayRetry }: Problem): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json", "x-should-retry": String(mayRetry) },
  });
}

/** Rejections of a consumer's own program: the status that says who has to do something. */
const STATUSES: Readonly<Record<string, ProblemStatus>> = {
  "consumer/overCap": 402,
  "consumer/noRoom": 429,
  "consumer/noDeposit": 402,
  "consumer/noAnswer": 502,
  "consumer/wrongAnswer": 502,
  "consumer/broken": 502,
  "consumer/underWay": 409,
  "consumer/bookClosed": 500,
  "consumer/notOffered": 404,
  "consumer/txRefused": 402,
  "consumer/txNotSeen": 503,
  "exchange/refused": 500,
  "exchange/wrongTerms": 500,
};

/** A rejection as the application's error. */
export function rejectionProblem(rejection: Rejection): Problem {
  const found = problemOf(rejection);
  const { code, message, param } = found.body.error;
  const status = STATUSES[code];
  return status === undefined ? found : problem(status, code, message, param);
}

/** Statuses of a provider that an application may see as they are; all others are a bad gateway. */
const PASSED: readonly number[] = [400, 402, 404, 408, 413, 415, 422, 429, 500, 502, 503, 504];

/** What a provider refused, as the application's error. Its ceiling is void: asking again is a new request. */
export function refusalProblem({ status, code, message }: Refusal): Problem {
  return problem((PASSED.includes(status) ? status : 502) as ProblemStatus, code, `the provider: ${message}`);
}

/** A line of an event stream with its end. */
export function eventLine(data: JsonObject | "[DONE]"): Bytes {
  return utf8(`data: ${data === "[DONE]" ? data : JSON.stringify(data)}\n\n`);
}

/** The last line of a stream that breaks. */
export function errorLine(rejection: Rejection): Bytes {
  return eventLine(problemLine(rejectionProblem(rejection)));
}

/** A body that is made while it is read: nothing is made ahead of its reader. */
export function bodyOf(chunks: AsyncGenerator<Bytes>): ReadableStream<Bytes> {
  return new ReadableStream<Bytes>(
    {
      async pull(controller) {
        try {
          const next = await chunks.next();
          if (next.done === true) controller.close();
          else controller.enqueue(next.value);
        } catch (error) {
          controller.error(error);
        }
      },
      async cancel() {
        await chunks.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
