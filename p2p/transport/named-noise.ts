import "./polyfill.js";
import type { ConnectionEncrypter, MessageStream } from "@libp2p/interface";
import { noise } from "@libp2p/noise";
import { P2pFault, type PeerId } from "../host.js";
import { inOnePiece } from "./gathered.js";

type Components = Parameters<ReturnType<typeof noise>>[0];

/**
 * Noise that asks before it begins the handshake of somebody who dialled us, and tells whose the connections are which
 * it has secured: what works on them knows no peers.
 */
export function namedNoise(
  mayBegin: (connection: MessageStream) => Promise<boolean>,
  tell: (connection: MessageStream, peer: PeerId) => void,
): (components: Components) => ConnectionEncrypter {
  return (components) => {
    const inner: ConnectionEncrypter = noise()(components);
    return {
      protocol: inner.protocol,
      async secureInbound(connection, options) {
        if (!(await mayBegin(connection))) throw new P2pFault("refused", "too many handshakes of one host");
        inOnePiece(connection);
        const secured = await inner.secureInbound(connection, options);
        tell(secured.connection, secured.remotePeer.toString());
        return secured;
      },
      async secureOutbound(connection, options) {
        inOnePiece(connection);
        const secured = await inner.secureOutbound(connection, options);
        tell(secured.connection, secured.remotePeer.toString());
        return secured;
      },
    };
  };
}
