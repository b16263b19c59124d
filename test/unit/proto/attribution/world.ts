import assert from "node:assert/strict";
import { isRejection, type ErrorCode, type Rejection } from "#proto/rejection.js";

/** The value; a rejection fails the test. */
export function ok<T>(value: T | Rejection): T {
  assert.ok(!isRejection(value), isRejection(value) ? `${value.codespace}.${value.name}` : "");
  return value as T;
}

export function refused(value: unknown, error: ErrorCode): void {
  assert.ok(isRejection(value), `accepted instead of ${error.name}`);
  assert.equal(value.name, error.name);
}
