import type { JsonObject } from "../../codec/json-text.js";
import { rejectionText, type Rejection } from "../../rejection.js";

/** An error as OpenAI's clients read it, and its HTTP status. */
export interface Problem {
  readonly status: number;
  readonly body: {
    readonly error: {
      readonly message: string;
      readonly type: string;
      readonly param: string | null;
      readonly code: string;
    };
  };
  /** False where asking again with the same ceiling or body cannot help: the official clients then do not. */
  readonly mayRetry: boolean;
}

/** Statuses, the type that OpenAI's own errors have there, and whether to ask again helps. */
const STATUSES = {
  400: { type: "invalid_request_error", mayRetry: false },
  401: { type: "authentication_error", mayRetry: false },
  402: { type: "payment_required_error", mayRetry: false },
  403: { type: "permission_error", mayRetry: false },
  404: { type: "not_found_error", mayRetry: false },
  405: { type: "invalid_request_error", mayRetry: false },
  408: { type: "timeout_error", mayRetry: true },
  409: { type: "conflict_error", mayRetry: false },
  413: { type: "invalid_request_error", mayRetry: false },
  415: { type: "invalid_request_error", mayRetry: false },
  422: { type: "invalid_request_error", mayRetry: false },
  429: { type: "rate_limit_error", mayRetry: true },
  431: { type: "invalid_request_error", mayRetry: false },
  500: { type: "server_error", mayRetry: false },
  502: { type: "upstream_error", mayRetry: true },
  503: { type: "server_error", mayRetry: true },
  504: { type: "upstream_error", mayRetry: true },
} as const;

/** A status that an error can have. */
export type ProblemStatus = keyof typeof STATUSES;

/** An error of a code. @param code stable, in snake case @param param the member of the body that is wrong */
export function problem(status: ProblemStatus, code: string, message: string, param: string | null = null): Problem {
  const { type, mayRetry } = STATUSES[status];
  return { status, body: { error: { message, type, param, code } }, mayRetry };
}

/** Statuses of rejections that are not the caller's body: 400 for all others. */
const REJECTION_STATUSES: Readonly<Record<string, ProblemStatus>> = {
  "exchange/unknownPath": 404,
  "exchange/unknownCeiling": 404,
  "exchange/bookBehind": 503,
  "exchange/tooManyVoids": 429,
  ...Object.fromEntries(
    // About money: the answer says what to pay.
    [
      ...["exchange/otherBook", "exchange/ceilingVoid", "exchange/overCredit", "exchange/feeTooLow"],
      ...["exchange/unknownVoucher", "exchange/notMoney", "exchange/channelStopped", "exchange/refused"],
      ...["poa/wrongCeiling", "poa/wrongVoucher", "poa/badSignature"],
    ].map((name) => [name, 402]),
  ),
};

/** The error that a rejection is for a client: the code is `<codespace>/<name>`, the message says what is wrong and what to do. */
export function problemOf(rejection: Rejection): Problem {
  const { codespace, name, data } = rejection;
  const status = REJECTION_STATUSES[`${codespace}/${name}`] ?? 400;
  const { field } = data;
  return problem(status, `${codespace}/${name}`, rejectionText(rejection), typeof field === "string" ? field : null);
}

/** The line of a broken stream: clients raise what `error` holds. */
export function problemLine({ body }: Problem): JsonObject {
  return { error: { ...body.error } };
}
