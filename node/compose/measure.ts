import { isRejection } from "#proto/rejection.js";
import type { Bytes } from "#proto/bytes.js";
import { blockCodec, certificateCodec } from "#proto/types/block.js";
import type { ValidatorSet } from "#proto/types/validators.js";
import type { Host } from "#p2p/host.js";
import { validatorsOf } from "../drive/validators.js";
import { indexMetrics, indexTable } from "../indexer/metrics.js";
import type { Node } from "../node.js";
import { rpcMetrics, rpcTable } from "../rpc/metrics.js";
import type { Uncaught } from "../runtime/life.js";
import type { RemoteSignerDeps } from "../signer/remote/remote-signer.js";
import type { BlockReader } from "../storage/types.js";
import {
  blockMetrics,
  consensusTable,
  mempoolTable,
  metrics,
  p2pTable,
  processTable,
  signerTable,
  syncTable,
} from "../telemetry/index.js";

/** Metrics of this process, by table. The node is watched from outside, so that no rule waits for a metric. */
export function measure(namespace: string, chainId: string) {
  const registry = metrics({ namespace, chainId, process: true });
  const consensus = registry.register(consensusTable);
  const mempool = registry.register(mempoolTable);
  const p2p = registry.register(p2pTable);
  const sync = registry.register(syncTable);
  const own = registry.register(processTable);
  return {
    registry,
    uncaught: (kind: Uncaught) => own.uncaught.inc(1, { kind }),
    signer(): RemoteSignerDeps["watch"] {
      const signer = registry.register(signerTable);
      return {
        up: (isUp) => signer.up.set(isUp ? 1 : 0),
        failed: () => signer.failures.inc(),
      };
    },
    rpc: rpcMetrics(registry.register(rpcTable)),
    index: indexMetrics(registry.register(indexTable)),
    watch(node: Node, blocks: BlockReader, host: Host, self: () => Bytes | undefined): void {
      const committed = blockMetrics(consensus, self);
      let deciding: ValidatorSet = validatorsOf(node.tip);
      node.onCommitted(({ tip, txs, offences }) => {
        const bytes = blocks.block(tip.height);
        const block = bytes === undefined ? undefined : blockCodec.decode(bytes);
        const certificate = tip.certificate === undefined ? undefined : certificateCodec.decode(tip.certificate);
        if (bytes === undefined || block === undefined || isRejection(block)) return;
        if (certificate === undefined || isRejection(certificate)) return;
        committed({
          height: tip.height,
          time: tip.time,
          txs: txs.length,
          bytes: bytes.length,
          evidence: offences.map(({ power }) => ({ validatorPower: power })),
          validators: deciding,
          certificate,
        });
        deciding = validatorsOf(tip);
        mempool.size.set(node.mempool.size);
        mempool.sizeBytes.set(node.mempool.bytes);
        stands();
      });
      const stands = (): void => {
        const { peers, caughtUp } = node.status;
        p2p.peers.set(peers);
        sync.syncing.set(caughtUp ? 0 : 1);
      };
      host.onPeer(stands);
      host.onPeerGone(stands);
      stands();
    },
  };
}

export type Measures = ReturnType<typeof measure>;
