import { toBase64 } from "#proto/base64.js";
import { utf8 } from "#proto/bytes.js";
import { canonicalJson } from "#proto/canonical-json.js";
import { validatorAddress } from "#proto/crypto/ed25519.js";
import { pubKeyJson, upperHex } from "#proto/rpc/json.js";
import type { NodeInfoJson } from "#proto/rpc/results.js";
import { formatRfc3339 } from "#proto/time.js";
import { hashBytes } from "#proto/types/block-id.js";
import { indexOf } from "#proto/types/validators.js";
import type { NodeIdentity, RpcDeps, StoredBlock } from "../deps.js";
import { badParams, unavailable } from "../fault.js";
import { SharedText } from "../shared-text.js";
import { headerOf } from "./heights.js";
import type { Handlers } from "./table.js";

type Info = "health" | "status" | "net_info" | "genesis" | "genesis_chunked";

/** Clients choose their decoder by this prefix (CosmJS: 0.37, 0.38, 1.); it names the JSON we speak, not this program. */
export const COMET_VERSION = "0.38.17";
/** CometBFT's usual channels: CosmJS up to 0.31 refuses an empty text. */
const CHANNELS = "40202122233038606100";
const CHUNK_BYTES = 16 * 1024 * 1024;
/** A genesis above this is served in chunks only, as in CometBFT. */
const WHOLE_GENESIS_BYTES_MAX = CHUNK_BYTES;

export function nodeInfo(node: NodeIdentity): NodeInfoJson {
  return {
    protocol_version: { p2p: "8", block: "11", app: "1" },
    id: node.id,
    listen_addr: node.listenAddress,
    network: node.chainId,
    version: COMET_VERSION,
    channels: CHANNELS,
    moniker: node.moniker,
    other: { tx_index: "on", rpc_address: node.rpcAddress, peer_id: node.peerId },
  };
}

/** Of a node whose remote signer has not come up yet: empty fields, no power. */
const NO_KEY = new Uint8Array(0);

export function infoHandlers({ node, chain, peers }: RpcDeps): Pick<Handlers, Info> {
  // Its SHA-256 is the hash that operators compare: what is served is what the chain was started with.
  const genesisText = canonicalJson(chain.genesis);
  const genesisBytes = utf8(genesisText);
  const whole = new SharedText(`{"genesis":${genesisText}}`);
  const chunks = Math.max(1, Math.ceil(genesisBytes.length / CHUNK_BYTES));
  /** A joining client asks for them in order, and many clients join at once. */
  let lastChunk: { readonly chunk: number; readonly text: SharedText } | undefined;
  return {
    health: () => ({}),

    async status() {
      const height = chain.latestHeight();
      const latest = await chain.block(height);
      const earliest = await chain.block(chain.earliestHeight());
      const key = node.validatorKey() ?? NO_KEY;
      const address = key.length === 0 ? key : validatorAddress(key);
      const set = await chain.validators(height + 1n);
      const power = set?.members[indexOf(set, address)]?.power ?? 0n;
      const [last, first] = [blockInfo(latest), blockInfo(earliest)];
      return {
        node_info: nodeInfo(node),
        sync_info: {
          latest_block_hash: last.hash,
          latest_app_hash: last.app,
          latest_block_height: String(height),
          latest_block_time: last.time,
          earliest_block_hash: first.hash,
          earliest_app_hash: first.app,
          earliest_block_height: String(chain.earliestHeight()),
          earliest_block_time: first.time,
          catching_up: chain.catchingUp(),
        },
        validator_info: {
          address: upperHex(address),
          pub_key: pubKeyJson(key),
          voting_power: String(power),
        },
      };
    },

    net_info() {
      const list = peers();
      return {
        listening: true,
        listeners: [node.listenAddress],
        n_peers: String(list.length),
        peers: list.map((peer) => ({
          node_info: { id: peer.id, listen_addr: peer.address, moniker: "" }, // Peers do not tell theirs.
          is_outbound: peer.outbound,
          remote_ip: /\/ip[46]\/([^/]+)/.exec(peer.address)?.[1] ?? "",
          url: peer.address,
        })),
      };
    },

    genesis() {
      if (genesisBytes.length > WHOLE_GENESIS_BYTES_MAX) {
        throw unavailable("genesis response is large, please use the genesis_chunked API instead");
      }
      return whole;
    },

    genesis_chunked({ chunk = 0 }) {
      if (chunk >= chunks) throw badParams(`there are ${chunks} chunks, counted from 0`);
      if (lastChunk?.chunk !== chunk) {
        const data = toBase64(genesisBytes.subarray(chunk * CHUNK_BYTES, (chunk + 1) * CHUNK_BYTES));
        const text = JSON.stringify({ chunk: String(chunk), total: String(chunks), data });
        lastChunk = { chunk, text: new SharedText(text) };
      }
      return lastChunk.text;
    },
  };
}

function blockInfo(stored: StoredBlock | undefined): { hash: string; app: string; time: string } {
  if (stored === undefined) return { hash: "", app: "", time: "1970-01-01T00:00:00Z" };
  const header = headerOf(stored);
  return {
    hash: upperHex(hashBytes(stored.id.hash)),
    app: upperHex(header.stateRoot),
    time: formatRfc3339(header.time),
  };
}
