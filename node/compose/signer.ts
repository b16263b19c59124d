import type { Bytes } from "#proto/bytes.js";
import type { ByteListener, OnByteLink } from "#p2p/transport/byte-link.js";
import { dialNoise, listenNoise } from "#p2p/transport/noise-link.js";
import { dialUnix, listenUnix } from "#p2p/transport/unix-link.js";
import type { Home } from "../config/home.js";
import { readNodeKey } from "../config/identity.js";
import type { Config } from "../config/load.js";
import { parseSignerAddress, type NodeAddress, type SignerAddress } from "../config/signer-address.js";
import { listenFault } from "../runtime/listen.js";
import type { SignerFault } from "../signer/fault.js";
import { RemoteSigner, type RemoteSignerDeps } from "../signer/remote/remote-signer.js";
import type { Signer } from "../signer/signer.js";
import { openLocalSigner } from "./local-signer.js";

export interface OpenedSigner {
  readonly signer: Signer;
  /** The chain speaks against the key: with this home's own the node stops, a remote one is kept out until that is over. */
  refuse(fault: SignerFault): void;
  /** From now on a remote signer may come. */
  listen(): Promise<void>;
  close(): Promise<void>;
}

export interface SignerParts extends Omit<RemoteSignerDeps, "watch"> {
  /** Metrics of a remote signer. */
  watch(): RemoteSignerDeps["watch"];
}

/** The key of this home, or a signer that dials in. @throws ConfigFault, SignerFault */
export async function openSigner(home: Home, { config }: Config, parts: SignerParts): Promise<OpenedSigner> {
  const address = parseSignerAddress(config.priv_validator_laddr);
  if (address !== undefined) return awaitSigner(home, address, config.priv_validator_peer_id, parts);
  const signer = await openLocalSigner(home, parts.chainId);
  return {
    signer,
    refuse: (fault) => parts.onFault(fault),
    listen: () => Promise.resolve(),
    close: () => signer.idle(),
  };
}

function awaitSigner(home: Home, address: SignerAddress, peer: string, parts: SignerParts): OpenedSigner {
  const remote = new RemoteSigner({ ...parts, watch: parts.watch() });
  let listener: ByteListener | undefined;
  return {
    signer: remote,
    refuse: (fault) => remote.refuse(fault),
    async listen() {
      listener = await listenForSigner(home, address, peer, remote.onLink);
      parts.log.info("waiting for the signer; until it connects this node follows the chain without voting", {
        address: listener.address,
      });
    },
    async close() {
      remote.close();
      await listener?.close();
    },
  };
}

async function listenForSigner(
  home: Home,
  address: SignerAddress,
  peer: string,
  onLink: OnByteLink,
): Promise<ByteListener> {
  if (address.kind === "unix") return listenUnix(address.path, onLink);
  const end = { ...address, seed: connectionKey(home), peer };
  try {
    return await listenNoise(end, onLink);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === undefined ? error : listenFault({ ...address, setting: "priv_validator_laddr" }, code, error);
  }
}

export function dialNode(home: Home, address: NodeAddress, onLink: OnByteLink): Promise<void> {
  return address.kind === "unix"
    ? dialUnix(address.path, onLink)
    : dialNoise({ ...address, seed: connectionKey(home) }, onLink);
}

/** Node and signer know each other by their node keys, which sign nothing of the chain. */
function connectionKey(home: Home): Bytes {
  return readNodeKey(home).seed;
}
