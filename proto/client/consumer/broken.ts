import { AssertionError } from "../../assert.js";
import { reject, type Rejection } from "../../rejection.js";
import { consumerErrors } from "./errors.js";

/** A failed connection as a rejection. @throws what is a bug of ours */
export function broken(error: unknown): Rejection {
  if (error instanceof AssertionError || !(error instanceof Error)) throw error;
  const { cause } = error;
  const why = cause instanceof Error && cause.message !== "" ? cause.message : error.message;
  return reject(consumerErrors.broken, { why });
}
