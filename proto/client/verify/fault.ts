import { Fault } from "../../fault.js";
import { isRejection, rejectionText, type Rejection } from "../../rejection.js";

/** A claim of a node that is not proven or is wrong. `what` names the subject, `code` the kind of failure. */
export class VerifyFault extends Fault {
  readonly what: string;

  constructor(code: string, what: string, why: string) {
    super(code, `${what}: ${why}`);
    this.what = what;
  }
}

/** The fault for a rejection of `what`. */
export function refusal(what: string, why: Rejection): VerifyFault {
  return new VerifyFault(`${why.codespace}.${why.name}`, what, rejectionText(why));
}

/** The value; throws the fault if it is a rejection. @param what the subject, for the message */
export function must<T>(what: string, value: T | Rejection): T {
  if (isRejection(value)) throw refusal(what, value);
  return value as T;
}

/** Throws the fault if there is a rejection. @param what the subject, for the message */
export function mustHold(what: string, rejection: Rejection | undefined): void {
  if (rejection !== undefined) throw refusal(what, rejection);
}
