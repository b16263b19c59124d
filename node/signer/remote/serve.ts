import { present } from "#proto/assert.js";
import type { Bytes } from "#proto/bytes.js";
import { isRejection, reject, rejectionText, type Rejection } from "#proto/rejection.js";
import type { VoteType } from "#proto/types/vote.js";
import {
  clipped,
  decodeSignerRequest,
  encodeSignerAnswer,
  SIGNER_FRAME_BYTES_MAX,
  type SignerAnswer,
  type SignerRequest,
} from "#proto/wire/signer.js";
import type { OnByteLink } from "#p2p/transport/byte-link.js";
import { frameBytes, createFramer } from "#p2p/transport/framer.js";
import { SignerFault } from "../fault.js";
import type { FileSigner } from "../file-signer.js";
import { signerErrors } from "../signer.js";
import type { Clock, Log } from "./deps.js";

export interface ServeDeps {
  readonly signer: FileSigner;
  readonly chainId: string;
  readonly clock: Clock;
  readonly log: Log;
  /** The record failed; the node was told, and nothing more is signed. */
  onFault(error: SignerFault): void;
}

/** A node asks every few seconds. One that lost its power, or whose network forgot the connection, never says goodbye. */
const SILENCE_MS_MAX = 15_000;

type Body = Pick<SignerAnswer, "signature" | "key" | "refusal" | "failure">;
const NONE: Body = { signature: new Uint8Array(0), key: undefined, refusal: undefined, failure: undefined };

/**
 * The signer's end of a connection: each request is made into sign bytes here, from its fields, and judged by the record
 * like any other. What is no request ends the connection, and so does silence.
 * @param onClosed called once when the connection has ended, from either side
 */
export function serveLink(deps: ServeDeps, onClosed: (reason: string) => void): OnByteLink {
  return (link) => {
    const frames = createFramer(SIGNER_FRAME_BYTES_MAX);
    let over = false;
    const end = (reason: string): void => {
      if (over) return;
      over = true;
      silence.cancel();
      onClosed(reason);
    };
    const cut = (reason: string): void => {
      deps.log.warn("the node's connection ends", { remote: link.remote, reason });
      link.close();
      end(reason); // The far end may be gone: then no close is ever confirmed.
    };
    const watch = () =>
      deps.clock.after(SILENCE_MS_MAX, () => cut(`no question within ${SILENCE_MS_MAX} ms: the node is gone`));
    let silence = watch();
    const answer = async (request: SignerRequest): Promise<void> => {
      const body = await answerTo(deps, request);
      if (!over) link.send(frameBytes(encodeSignerAnswer({ id: request.id, ...body })));
    };
    return {
      bytes(chunk) {
        if (over) return;
        silence.cancel();
        silence = watch();
        const complete = frames.push([chunk]);
        if (complete === undefined) return cut(`a frame of more than ${SIGNER_FRAME_BYTES_MAX} bytes`);
        for (const frame of complete) {
          const request = decodeSignerRequest(frame);
          if (isRejection(request)) return cut(`an invalid request: ${rejectionText(request)}`);
          if (request.farewell !== "") return cut(`the node says: ${request.farewell}`);
          void answer(request);
        }
      },
      closed: end,
    };
  };
}

/** Requests come here in their order; the signer takes them one by one. */
async function answerTo(deps: ServeDeps, request: SignerRequest): Promise<Body> {
  const { signer, chainId } = deps;
  if (request.chainId !== chainId) {
    return refusal(reject(signerErrors.otherChain, { wanted: request.chainId, chainId }));
  }
  try {
    const signature = await signed(signer, request);
    if (signature !== undefined) return isRejection(signature) ? refusal(signature) : { ...NONE, signature };
    const { height, round, step } = signer.lastSigned();
    return { ...NONE, key: { publicKey: signer.publicKey, height, round, step } };
  } catch (error) {
    if (!(error instanceof SignerFault)) throw error;
    setImmediate(() => deps.onFault(error)); // Behind the answer.
    return { ...NONE, failure: { code: error.code, reason: clipped(error.message) } };
  }
}

function signed(signer: FileSigner, { vote, proposal, beacon }: SignerRequest): Promise<Bytes | Rejection> | undefined {
  if (vote !== undefined) return signer.signVote({ ...vote, type: vote.type as VoteType });
  if (proposal !== undefined) {
    const blockId = present(proposal.blockId, "a proposal was decoded with its block");
    return signer.signProposal({ ...proposal, blockId });
  }
  return beacon === undefined ? undefined : signer.proveBeacon(beacon.height, beacon.previous);
}

function refusal(rejection: Rejection): Body {
  return { ...NONE, refusal: { code: rejection.code, reason: clipped(rejectionText(rejection)) } };
}
