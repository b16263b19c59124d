import "./polyfill.js";
import { gossipsub, StrictNoSign, type GossipSub, type GossipSubComponents, type Message } from "@libp2p/gossipsub";
import type { Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";

const MiB = 1024 * 1024;

/** One id for the same bytes from any sender: our payloads carry their own signatures. */
function messageId(message: Pick<Message, "data" | "topic">): Bytes {
  return sha256(message.data).subarray(0, 20);
}

function latin1(id: Bytes): string {
  let text = "";
  for (const byte of id) text += String.fromCharCode(byte);
  return text;
}

/** Gossipsub with every limit stated: its defaults let one peer fill the heap or stop the event loop. */
export function gossipService(
  topics: readonly string[],
  messageBytesMax: number,
): (components: GossipSubComponents) => GossipSub {
  return gossipsub({
    globalSignaturePolicy: StrictNoSign,
    msgIdFn: messageId,
    fastMsgIdFn: (message) => latin1(sha256(message.data ?? new Uint8Array(0)).subarray(0, 16)),
    msgIdToStrFn: latin1,
    allowPublishToZeroTopicPeers: true,
    ignoreDuplicatePublishError: true,
    fallbackToFloodsub: false,
    doPX: false, // Peers are the operator's and the book's choice, not a stranger's.
    emitSelf: false,
    Dout: 1,
    allowedTopics: [...topics],
    maxTopicBytesPerPeer: 64 * 1024,
    // Of a whole RPC: an answer to IWANT carries several messages. Above it the stream ends without an error, so it is
    // far above what an honest peer sends; the switch bounds each message.
    maxInboundDataLength: Math.max(8 * messageBytesMax, 8 * MiB),
    maxOutboundBufferSize: 8 * MiB,
    maxInboundStreams: 4,
    maxOutboundStreams: 4,
    decodeRpcLimits: {
      maxSubscriptions: 64,
      maxMessages: 512,
      maxIhaveMessageIDs: 1_000,
      maxIwantMessageIDs: 1_000,
      maxIdontwantMessageIDs: 512,
      maxControlMessages: 64,
      maxPeerInfos: 16,
    },
    scoreParams: {
      IPColocationFactorWeight: 0, // Many honest nodes share an address: a test net, a cloud's gateway.
      behaviourPenaltyWeight: 0, // A message that is promised and comes late: what a busy honest node does.
    },
  });
}
