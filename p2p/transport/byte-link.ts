import type { Bytes } from "#proto/bytes.js";

/** Bytes in order to one other process and back: what a remote signer talks over. */
export interface ByteLink {
  /** The other end, for people: a peer id or the path of a socket. */
  readonly remote: string;
  /** Dropped when the link is gone: `closed` tells. */
  send(bytes: Bytes): void;
  /** Ends it; what was sent before still leaves. */
  close(): void;
}

export interface ByteLinkEvents {
  bytes(chunk: Bytes): void;
  /** Called once, when either side has ended it. */
  closed(reason: string): void;
}

/** Called for each link that is up, authenticated where its kind says so. */
export type OnByteLink = (link: ByteLink) => ByteLinkEvents;

export interface ByteListener {
  /** Where it listens, as the other side would write it. */
  readonly address: string;
  /** Ends what came in too. */
  close(): Promise<void>;
}
