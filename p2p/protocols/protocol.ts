/** A row of table.ts: the limits of a protocol. Sizes are bytes of payload, without the length prefix. */
export interface Rate {
  readonly perSecond: number;
  /** How much may come at once after a silence. */
  readonly burst: number;
}

/** Ordered frames over one long-lived stream in each direction. */
export interface FramesProtocol {
  readonly kind: "frames";
  readonly name: string;
  readonly frameBytesMax: number;
  readonly framesRate: Rate;
  readonly bytesRate: Rate;
  /** Bytes that may wait for one peer to read. Above it the peer is too slow and its link is cut. */
  readonly queueBytesMax: number;
}

/** One question, one answer, each bounded. */
export interface RequestProtocol {
  readonly kind: "request";
  readonly name: string;
  readonly questionBytesMax: number;
  readonly answerBytesMax: number;
  /** More is refused, which says "busy"; many times more costs the asker its score. */
  readonly questionsRate: Rate;
  /** Questions of one peer that are answered at the same time; more are refused. */
  readonly inFlightMax: number;
  /** After it an unfinished question or an unread answer is dropped. */
  readonly timeoutMs: number;
}

/** Messages that spread over any number of hops. */
export interface GossipProtocol {
  readonly kind: "gossip";
  readonly name: string;
  readonly messageBytesMax: number;
  /** Of one peer. Messages above it are dropped unread without a penalty, because they may be relayed from others. */
  readonly messagesRate: Rate;
  /** Of all peers together that the operator has not named, in fair turns. */
  readonly strangersRate: Rate;
}

export type Protocol = FramesProtocol | RequestProtocol | GossipProtocol;
