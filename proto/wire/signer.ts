import type { Bytes } from "../bytes.js";
import { message, type Messages } from "../codec/message.js";
import { CHAIN_ID_BYTES_MAX, ROUND_MAX } from "../limits.js";
import { isRejection, reject, type Rejection } from "../rejection.js";
import { isCompleteBlockId, type BlockId } from "../types/block-id.js";
import { PRECOMMIT, PREVOTE } from "../types/vote.js";
import { wireErrors } from "./consensus.js";

/**
 * Request of a node to its remote signer (proto/schema/tributary/signer): a vote, proposal or beacon to sign, a ping,
 * or a farewell.
 */
export type SignerRequest = Messages["tributary.signer.v1.SignerRequest"];
/** Answer of a remote signer: its key, a signature, a refusal or a failure. */
export type SignerAnswer = Messages["tributary.signer.v1.SignerAnswer"];
/** The signer's public key, and the height, round and step that it signed last. */
export type HeldKey = Messages["tributary.signer.v1.HeldKey"];

/** Version of the protocol; a request with another one is rejected. */
export const SIGNER_VERSION = 1;
/** Upper bound of a frame's size. A block id, a chain id and a sentence are a few hundred bytes. */
export const SIGNER_FRAME_BYTES_MAX = 1024;
/** Of a reason or a farewell; `clipped` keeps to it. */
const REASON_LENGTH_MAX = 240;
/** Heights are signed with 63 bits by others' tools. */
const HEIGHT_MAX = (1n << 63n) - 1n;
const STEP_MAX = 3;

const requestCodec = message("tributary.signer.v1.SignerRequest");
const answerCodec = message("tributary.signer.v1.SignerAnswer");

/** The request as canonical bytes. */
export const encodeSignerRequest = (request: SignerRequest): Bytes => requestCodec.encode(request);
/** The answer as canonical bytes. */
export const encodeSignerAnswer = (answer: SignerAnswer): Bytes => answerCodec.encode(answer);

/** Total: a request with at most one body that can be signed as it is, or a rejection that names the field. */
export function decodeSignerRequest(bytes: Bytes): SignerRequest | Rejection {
  const request = requestCodec.decode(bytes, SIGNER_FRAME_BYTES_MAX);
  if (isRejection(request)) return request;
  const field = brokenRequest(request);
  return field === undefined ? request : reject(wireErrors.outOfBounds, { field });
}

/** Total: an answer with exactly one body, or a rejection that names the field. */
export function decodeSignerAnswer(bytes: Bytes): SignerAnswer | Rejection {
  const answer = answerCodec.decode(bytes, SIGNER_FRAME_BYTES_MAX);
  if (isRejection(answer)) return answer;
  const field = brokenAnswer(answer);
  return field === undefined ? answer : reject(wireErrors.outOfBounds, { field });
}

/** Fits a text into a frame: printable ASCII, at most 240 characters. */
export const clipped = (text: string): string => text.replace(/[^ -~]/g, "?").slice(0, REASON_LENGTH_MAX);

function brokenRequest({ version, chainId, vote, proposal, beacon, farewell }: SignerRequest): string | undefined {
  if (version !== SIGNER_VERSION) return "version";
  if (chainId === "" || chainId.length > CHAIN_ID_BYTES_MAX) return "chainId";
  if ([vote, proposal, beacon].filter((body) => body !== undefined).length > (farewell === "" ? 1 : 0)) return "body";
  if (vote !== undefined) return brokenVote(vote);
  if (proposal !== undefined) return brokenProposal(proposal);
  if (beacon === undefined) return undefined;
  return !isHeight(beacon.height) ? "height" : beacon.previous.length === 32 ? undefined : "previous";
}

function brokenVote({ type, height, round, blockId }: NonNullable<SignerRequest["vote"]>): string | undefined {
  if (type !== PREVOTE && type !== PRECOMMIT) return "type";
  if (!isHeight(height)) return "height";
  if (round > ROUND_MAX) return "round";
  return blockId === undefined || isCompleteBlockId(blockId) ? undefined : "blockId";
}

function brokenProposal(proposal: NonNullable<SignerRequest["proposal"]>): string | undefined {
  const { height, round, polRound, blockId } = proposal;
  if (!isHeight(height)) return "height";
  if (round > ROUND_MAX) return "round";
  if (polRound < -1 || polRound >= round) return "polRound";
  return isComplete(blockId) ? undefined : "blockId";
}

const isHeight = (height: bigint): boolean => height > 0n && height <= HEIGHT_MAX;
const isComplete = (id: BlockId | undefined): boolean => id !== undefined && isCompleteBlockId(id);

function brokenAnswer({ signature, key, refusal, failure }: SignerAnswer): string | undefined {
  const bodies = [key, refusal, failure].filter((body) => body !== undefined).length + (signature.length > 0 ? 1 : 0);
  if (bodies !== 1) return "body";
  if (key === undefined) return undefined;
  if (key.publicKey.length !== 32) return "publicKey";
  if (key.height > HEIGHT_MAX) return "height";
  if (key.round > ROUND_MAX) return "round";
  return key.step > STEP_MAX ? "step" : undefined;
}
