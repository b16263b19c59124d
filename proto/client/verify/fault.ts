import { Fault } from "../../fault.js";
import { isRejection, rejectionText, type Rejection } from "../../rejection.js";

/** Something that a node said does not hold: `what` names the thing, `code` the kind of lie. */
export class VerifyFault extends Fault {
  readonly what: string;

  constructor(code: string, what: string, why: string) {
    super(code, `${what}: ${why}`);
    this.what = what;
  }
}

export function refusal(what: string, why: Rejection): VerifyFault {
  return new VerifyFault(`${why.codespace}.${why.name}`, what, rejectionText(why));
}

/** The value, or the fault that names what the rejection is about. */
export function must<T>(what: string, value: T | Rejection): T {
  if (isRejection(value)) throw refusal(what, value);
  return value as T;
}

/** Nothing, or the fault that names what the rejection is about. */
export function mustHold(what: string, rejection: Rejection | undefined): void {
  if (rejection !== undefined) throw refusal(what, rejection);
}
