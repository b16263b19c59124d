import { isRejection, rejectionText, type Rejection } from "#proto/rejection.js";

/** Something that a node said does not hold: `what` names the thing, `code` the kind of lie. */
export class VerifyFault extends Error {
  override readonly name = "VerifyFault";
  readonly code: string;
  readonly what: string;

  constructor(code: string, what: string, why: string) {
    super(`${what}: ${why}`);
    this.code = code;
    this.what = what;
  }
}

/** The value, or the fault that names what the rejection is about. */
export function must<T>(what: string, value: T | Rejection): T {
  if (isRejection(value)) throw new VerifyFault(`${value.codespace}.${value.name}`, what, rejectionText(value));
  return value as T;
}

/** Nothing, or the fault that names what the rejection is about. */
export function mustHold(what: string, rejection: Rejection | undefined): void {
  if (rejection !== undefined) must(what, rejection);
}
