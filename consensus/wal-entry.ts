import { message, type Messages } from "#proto/codec/message.js";
import type { Bytes } from "#proto/bytes.js";
import { codespace, isRejection, reject, type Rejection } from "#proto/rejection.js";
import { fromMessage, toMessage } from "#proto/types/validators.js";
import { timeoutsOf } from "./timeouts.js";
import { TIMED_STEPS, type Input, type StartHeight, type Timeout } from "./types.js";

/** L86: an input as one canonical byte string, so that a log decodes to the same inputs after a crash. */

type Entry = Messages["tributary.chain.v1.WalEntry"];
const codec = message("tributary.chain.v1.WalEntry");

/** A start_height carries the validator set and a certificate: about 200 bytes a validator. */
export const WAL_ENTRY_BYTES_MAX = 1024 * 1024;

/** Codes for a log entry that does not decode to an input. */
export const walErrors = codespace("wal", {
  notOneInput: 1, // { count }: an entry has exactly one input
  badStep: 2, // { step }
  missingField: 3, // { field }
});

const EMPTY: Entry = {
  startHeight: undefined,
  proposal: undefined,
  proposedValue: undefined,
  built: undefined,
  vote: undefined,
  timeoutElapsed: undefined,
  polka: undefined,
  commit: undefined,
  round: undefined,
};

/** An input as canonical bytes of tributary.chain.v1.WalEntry. */
export function encodeWalEntry(input: Input): Bytes {
  return codec.encode({ ...EMPTY, ...fieldOf(input) });
}

function fieldOf(input: Input): Partial<Entry> {
  switch (input.kind) {
    case "start_height":
      return { startHeight: startToWire(input) };
    case "proposal":
      return { proposal: { proposal: input.proposal, receivedTimeMs: input.receivedTimeMs } };
    case "proposed_value":
      return { proposedValue: withoutKind(input) };
    case "built":
      return { built: withoutKind(input) };
    case "vote":
      return { vote: input.vote };
    case "timeout_elapsed":
      return { timeoutElapsed: { ...input.timeout, step: TIMED_STEPS.indexOf(input.timeout.step) + 1 } };
    case "polka":
      return { polka: input.certificate };
    case "commit":
      return { commit: input.certificate };
    case "round":
      return { round: input.certificate };
  }
}

function withoutKind<T extends { readonly kind: string }>(input: T): Omit<T, "kind"> {
  const { kind: _, ...rest } = input;
  return rest;
}

function startToWire({
  kind: _,
  validators,
  self,
  timeouts,
  timing,
  ...rest
}: StartHeight): NonNullable<Entry["startHeight"]> {
  return { ...rest, validators: toMessage(validators), self: self ?? new Uint8Array(0), ...timeouts, ...timing };
}

/**
 * Total: rejects bytes that are not canonical, are larger than WAL_ENTRY_BYTES_MAX or hold no valid input, and names
 * the field.
 */
export function decodeWalEntry(bytes: Bytes): Input | Rejection {
  const entry = codec.decode(bytes, WAL_ENTRY_BYTES_MAX);
  if (isRejection(entry)) return entry;
  const count = Object.values(entry).filter((field) => field !== undefined).length;
  return count === 1 ? inputOf(entry) : reject(walErrors.notOneInput, { count });
}

function inputOf(entry: Entry): Input | Rejection {
  const { startHeight, proposal, proposedValue, built, vote, timeoutElapsed, polka, commit, round } = entry;
  if (startHeight !== undefined) return startFromWire(startHeight);
  if (proposal !== undefined) {
    if (proposal.proposal === undefined) return reject(walErrors.missingField, { field: "proposal.proposal" });
    return { kind: "proposal", proposal: proposal.proposal, receivedTimeMs: proposal.receivedTimeMs };
  }
  if (proposedValue !== undefined) {
    const { blockId, ...rest } = proposedValue;
    if (blockId === undefined) return reject(walErrors.missingField, { field: "proposed_value.block_id" });
    return { kind: "proposed_value", ...rest, blockId };
  }
  if (built !== undefined) {
    const { blockId, ...rest } = built;
    if (blockId === undefined) return reject(walErrors.missingField, { field: "built.block_id" });
    return { kind: "built", ...rest, blockId };
  }
  if (vote !== undefined) return { kind: "vote", vote };
  if (timeoutElapsed !== undefined) return timeoutFromWire(timeoutElapsed);
  if (polka !== undefined) return { kind: "polka", certificate: polka };
  if (commit !== undefined) return { kind: "commit", certificate: commit };
  if (round !== undefined) return { kind: "round", certificate: round };
  return reject(walErrors.notOneInput, { count: 0 });
}

function timeoutFromWire(wire: NonNullable<Entry["timeoutElapsed"]>): Input | Rejection {
  const step = TIMED_STEPS[wire.step - 1];
  if (step === undefined) return reject(walErrors.badStep, { step: wire.step });
  const timeout: Timeout = { height: wire.height, round: wire.round, step };
  return { kind: "timeout_elapsed", timeout };
}

function startFromWire(wire: NonNullable<Entry["startHeight"]>): Input | Rejection {
  if (wire.validators === undefined) return reject(walErrors.missingField, { field: "start_height.validators" });
  const validators = fromMessage(wire.validators);
  if (isRejection(validators)) return validators;
  const { height, self, lastCertificate, precisionMs, messageDelayMs } = wire;
  return {
    kind: "start_height",
    height,
    validators,
    self: self.length === 0 ? undefined : self,
    lastCertificate,
    timeouts: timeoutsOf((step, part) => wire[`${step}${part}Ms`]),
    timing: { precisionMs, messageDelayMs },
  };
}
