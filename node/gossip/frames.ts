import type { Message } from "#consensus/types.js";
import type { Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import type { ConsensusFrame } from "#proto/wire/consensus.js";

/** Consensus speaks of messages, the wire of frames; gossip's own frames (part, status, neighbours) are no messages. */
type MessageFrame = Exclude<ConsensusFrame, { kind: "part" | "status" | "neighbours" }>;

export function toFrame(message: Message): MessageFrame {
  switch (message.kind) {
    case "proposal":
      return { kind: "proposal", value: message.proposal };
    case "vote":
      return { kind: "vote", value: message.vote };
    case "polka":
      return { kind: "polka", value: message.certificate };
    case "round":
      return { kind: "round", value: message.certificate };
    case "commit":
      return { kind: "commit", value: message.certificate };
  }
}

export function toMessage(frame: MessageFrame): Message {
  switch (frame.kind) {
    case "proposal":
      return { kind: "proposal", proposal: frame.value };
    case "vote":
      return { kind: "vote", vote: frame.value };
    case "polka":
      return { kind: "polka", certificate: frame.value };
    case "round":
      return { kind: "round", certificate: frame.value };
    case "commit":
      return { kind: "commit", certificate: frame.value };
  }
}

/** One key a frame: bytes are canonical, so equal frames have equal bytes. */
export function frameKey(bytes: Bytes): string {
  return String.fromCharCode(...sha256(bytes).subarray(0, 16));
}
