import { equalBytes, type Bytes } from "#proto/bytes.js";
import { beaconInput, verifyBeacon } from "#proto/beacon.js";
import { verifyEd25519 } from "#proto/crypto/ed25519.js";
import { reject, type Rejection } from "#proto/rejection.js";
import { proposalSignBytes, voteSignBytes } from "#proto/types/vote.js";
import type { HeldKey, SignerAnswer } from "#proto/wire/signer.js";
import type { ByteLink, ByteLinkEvents, OnByteLink } from "#p2p/transport/byte-link.js";
import { SignerFault } from "../fault.js";
import { isLater, STEP, stepOf, type Position } from "../record.js";
import { signerErrors, type ProposalToSign, type Signer, type VoteToSign } from "../signer.js";
import type { Clock, Log } from "./deps.js";
import { Session, type Asked } from "./session.js";

export interface RemoteSignerDeps {
  readonly chainId: string;
  readonly clock: Clock;
  readonly log: Log;
  /**
   * Asked each time the signer comes up, before its first signature.
   * @param knownUpTo its record when it first came, and what this process had signed since
   * @throws SignerFault when signing with this key now could sign twice
   */
  mayJoin(publicKey: Bytes, lastSigned: Position, knownUpTo: bigint): void;
  /** Looking at the chain failed: this node cannot go on. */
  onFault(error: unknown): void;
  /** Told when the signer comes up and goes, and of each failure that it reports or that keeps it out. */
  readonly watch: { up(isUp: boolean): void; failed(): void };
}

/** A dead machine sends nothing: asked this often, it is noticed, and another connection can take its place. */
const PING_MS = 5_000;
const NOTHING: Position = { height: 0n, round: 0, step: 0 };
const REFUSALS = Object.values(signerErrors);

/**
 * The node's end of a signer in another process, which dials us. One connection at a time: while one is up a second is
 * sent away. Without one every question is answered "away" at once; nothing here waits for the signer to come back.
 */
export class RemoteSigner implements Signer {
  readonly #deps: RemoteSignerDeps;
  #session: Session | undefined;
  /** The session has said its key, and may sign. */
  #joined = false;
  #publicKey: Bytes | undefined;
  #lastSigned = NOTHING;
  /** Signatures up to this height are known to be for this node. */
  #knownUpTo: bigint | undefined;
  #ping: { cancel(): void } | undefined;
  #closed = false;

  constructor(deps: RemoteSignerDeps) {
    this.#deps = deps;
  }

  get publicKey(): Bytes | undefined {
    return this.#publicKey;
  }

  lastSigned(): Position {
    return this.#lastSigned;
  }

  signVote({ type, height, round, blockId }: VoteToSign): Promise<Bytes | Rejection> {
    const vote = { type, height, round, blockId };
    const signBytes = voteSignBytes(this.#deps.chainId, vote);
    return this.#signed({ height, round, step: stepOf(type) }, { vote }, signBytes);
  }

  signProposal({ height, round, polRound, blockId }: ProposalToSign): Promise<Bytes | Rejection> {
    const proposal = { height, round, polRound, blockId };
    const signBytes = proposalSignBytes(this.#deps.chainId, proposal);
    return this.#signed({ height, round, step: STEP.propose }, { proposal }, signBytes);
  }

  proveBeacon(height: bigint, previous: Bytes): Promise<Bytes | Rejection> {
    const input = beaconInput(this.#deps.chainId, height, previous);
    return this.#ask({ beacon: { height, previous } }, (proof, key) => verifyBeacon(key, input, proof) !== undefined);
  }

  /** For the listener. */
  readonly onLink: OnByteLink = (link) => {
    if (this.#closed || this.#session !== undefined) return this.#sentAway(link);
    const { chainId, clock } = this.#deps;
    const session = new Session(link, chainId, clock, (reason) => this.#onEnd(session, reason));
    this.#session = session;
    this.#join(session).catch((error: unknown) => {
      session.end("the node has failed");
      this.#deps.onFault(error);
    });
    return session.events;
  };

  /** The chain speaks against the key that came up, before consensus began with it: it may come again, or another one. */
  refuse(fault: SignerFault): void {
    this.#publicKey = undefined;
    if (this.#session !== undefined) this.#keepOut(this.#session, fault);
  }

  close(): void {
    this.#closed = true;
    this.#session?.end("the node stops");
  }

  async #signed(position: Position, body: Asked, signBytes: Bytes): Promise<Bytes | Rejection> {
    const answer = await this.#ask(body, (signature, key) => verifyEd25519(signature, signBytes, key));
    if (!(answer instanceof Uint8Array)) return answer;
    this.#know(position.height);
    // Its record has gone on with it. A repeated signature of an earlier position is answered from the record as well.
    if (isLater(position, this.#lastSigned)) this.#lastSigned = position;
    return answer;
  }

  #know(height: bigint): void {
    if (this.#knownUpTo === undefined || height > this.#knownUpTo) this.#knownUpTo = height;
  }

  /** @param isRight what the key did not make never gets into a vote, a certificate or a block of ours */
  async #ask(body: Asked, isRight: (answer: Bytes, key: Bytes) => boolean): Promise<Bytes | Rejection> {
    const session = this.#joined ? this.#session : undefined;
    const key = this.#publicKey;
    const answer = await session?.ask(body);
    if (session === undefined || key === undefined || answer === undefined) return reject(signerErrors.away);
    const { signature, refusal, failure } = answer;
    if (signature.length > 0 && isRight(signature, key)) return signature;
    if (signature.length > 0) return this.#failed(session, { code: "", reason: "what it signed does not verify" });
    if (refusal !== undefined) return refused(refusal.code, refusal.reason);
    return this.#failed(session, failure ?? { code: "", reason: "an answer that fits no question" });
  }

  /** Its record cannot be written, say: a person must act there; here the node goes on without votes. */
  #failed(session: Session, { code, reason }: { code: string; reason: string }): Rejection {
    this.#deps.watch.failed();
    this.#deps.log.error("the signer has failed: this node does not vote", { code, reason });
    session.end("the signer has failed");
    return reject(signerErrors.away, { reason });
  }

  async #join(session: Session): Promise<void> {
    const answer = await session.ask({});
    if (answer === undefined) return;
    const key = this.#keyOf(session, answer);
    if (key === undefined) return;
    const lastSigned = { height: key.height, round: key.round, step: key.step };
    try {
      if (this.#publicKey !== undefined && !equalBytes(this.#publicKey, key.publicKey)) {
        throw new SignerFault("signer.other_key", "it came back with another key: restart the node to change keys");
      }
      this.#deps.mayJoin(key.publicKey, lastSigned, this.#knownUpTo ?? key.height);
    } catch (error) {
      if (!(error instanceof SignerFault)) throw error;
      return this.#keepOut(session, error);
    }
    this.#publicKey = key.publicKey;
    this.#lastSigned = lastSigned;
    this.#know(key.height);
    this.#joined = true;
    this.#deps.watch.up(true);
    this.#deps.log.info("signer connected", { remote: session.remote, last_signed: lastSigned.height });
    this.#pingLater(session);
  }

  #keepOut(session: Session, { code, message }: SignerFault): void {
    this.#deps.watch.failed();
    this.#deps.log.error("the signer was refused: this node does not vote", { code, reason: message });
    session.end(`${code}: ${message}`);
  }

  #keyOf(session: Session, { key, refusal, failure }: SignerAnswer): HeldKey | undefined {
    if (key !== undefined) return key;
    this.#failed(session, {
      code: failure?.code ?? "",
      reason: failure?.reason ?? refusal?.reason ?? "it does not say which key it holds",
    });
    return undefined;
  }

  #pingLater(session: Session): void {
    this.#ping = this.#deps.clock.after(PING_MS, () => {
      void session.ask({}).then((answer) => {
        if (answer !== undefined && this.#session === session) this.#pingLater(session);
      });
    });
  }

  #onEnd(session: Session, reason: string): void {
    if (this.#session !== session) return;
    const wasUp = this.#joined;
    this.#session = undefined;
    this.#joined = false;
    this.#ping?.cancel();
    if (!wasUp) return;
    this.#deps.watch.up(false);
    if (!this.#closed) this.#deps.log.warn("no signer is connected: this node does not vote", { reason });
  }

  #sentAway(link: ByteLink): ByteLinkEvents {
    const { chainId, clock, log } = this.#deps;
    const session = new Session(link, chainId, clock, () => undefined);
    if (!this.#closed) log.warn("refused a second signer: one is connected", { remote: link.remote });
    session.end("another signer is connected to this node; two signers with one key can double-sign");
    return session.events;
  }
}

function refused(code: number, reason: string): Rejection {
  const known = REFUSALS.find((refusal) => refusal.code === code && refusal !== signerErrors.away);
  return reject(known ?? { codespace: signerErrors.away.codespace, code, name: "refused" }, { reason });
}
