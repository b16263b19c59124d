import type { Bytes } from "#proto/bytes.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import {
  clipped,
  decodeSignerAnswer,
  encodeSignerRequest,
  SIGNER_FRAME_BYTES_MAX,
  SIGNER_VERSION,
  type SignerAnswer,
  type SignerRequest,
} from "#proto/wire/signer.js";
import type { ByteLink, ByteLinkEvents } from "#p2p/transport/byte-link.js";
import { frameBytes, createFramer } from "#p2p/transport/framer.js";
import type { Clock } from "./deps.js";

/** A synced write takes milliseconds, on a busy disk a second. A vote that comes later than this is of no use. */
const ANSWER_MS_MAX = 3_000;

export type Asked = Partial<Pick<SignerRequest, "vote" | "proposal" | "beacon">>;

/**
 * One connection of a signer, from the node's end. There is one way to fail: a silent signer, an invalid frame and a
 * lost connection all end it, and every question without an answer gets none.
 */
export class Session {
  readonly remote: string;
  readonly #link: ByteLink;
  readonly #chainId: string;
  readonly #clock: Clock;
  readonly #onEnd: (reason: string) => void;
  readonly #waiting = new Map<
    bigint,
    { answered(answer: SignerAnswer | undefined): void; timer: { cancel(): void } }
  >();
  readonly #frames = createFramer(SIGNER_FRAME_BYTES_MAX);
  #lastId = 0n;
  #ended = false;

  constructor(link: ByteLink, chainId: string, clock: Clock, onEnd: (reason: string) => void) {
    this.remote = link.remote;
    this.#link = link;
    this.#chainId = chainId;
    this.#clock = clock;
    this.#onEnd = onEnd;
  }

  readonly events: ByteLinkEvents = {
    bytes: (chunk) => this.#received(chunk),
    closed: (reason) => this.#end(reason),
  };

  /** Undefined when no answer comes any more: the session is over by then. */
  ask(body: Asked): Promise<SignerAnswer | undefined> {
    if (this.#ended) return Promise.resolve(undefined);
    const id = ++this.#lastId;
    return new Promise((answered) => {
      const timer = this.#clock.after(ANSWER_MS_MAX, () => this.end(`no answer within ${ANSWER_MS_MAX} ms`));
      this.#waiting.set(id, { answered, timer });
      this.#send({ id, body });
    });
  }

  /** Tells the signer why, and ends the connection. */
  end(reason: string): void {
    if (this.#ended) return;
    this.#send({ id: 0n, body: {}, farewell: clipped(reason) });
    this.#end(reason);
  }

  #send({ id, body, farewell = "" }: { id: bigint; body: Asked; farewell?: string }): void {
    const { vote, proposal, beacon } = body;
    const request = { version: SIGNER_VERSION, id, chainId: this.#chainId, vote, proposal, beacon, farewell };
    this.#link.send(frameBytes(encodeSignerRequest(request)));
  }

  #received(chunk: Bytes): void {
    if (this.#ended) return;
    const frames = this.#frames.push([chunk]);
    if (frames === undefined) return this.end(`a frame of more than ${SIGNER_FRAME_BYTES_MAX} bytes`);
    for (const frame of frames) {
      const answer = decodeSignerAnswer(frame);
      if (isRejection(answer)) return this.end(`an invalid answer: ${rejectionText(answer)}`);
      const waiting = this.#waiting.get(answer.id);
      if (waiting === undefined) return this.end("an answer to no question");
      this.#waiting.delete(answer.id);
      waiting.timer.cancel();
      waiting.answered(answer);
    }
  }

  #end(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#link.close();
    for (const { answered, timer } of this.#waiting.values()) {
      timer.cancel();
      answered(undefined);
    }
    this.#waiting.clear();
    this.#onEnd(reason);
  }
}
