import assert from "node:assert/strict";
import { test } from "node:test";
import { present } from "#proto/assert.js";
import { utf8 } from "#proto/bytes.js";
import { ed25519PublicKey, signEd25519, validatorAddress } from "#proto/crypto/ed25519.js";
import { sha256 } from "#proto/crypto/hash.js";
import { isRejection } from "#proto/rejection.js";
import { blockCodec, certificateCodec, type Certificate } from "#proto/types/block.js";
import { PRECOMMIT, PREVOTE, voteSignBytes } from "#proto/types/vote.js";
import { decodeBlocksQuestion, encodeBlocksAnswer } from "#proto/wire/blocks.js";
import { encodeStatus } from "#proto/wire/status.js";
import { Node } from "#node/node.js";
import { openChainStore } from "#node/storage/chain-store.js";
import { MemoryDisk } from "#node/storage/database/memory-disk.js";
import { MemoryFiles } from "#node/storage/files/memory-files.js";
import { openWal } from "#node/storage/files/wal.js";
import type { DecidedBlock } from "#node/sync/deps.js";
import { settings } from "#test/simulation/cluster.js";
import { seeded } from "#test/simulation/random.js";
import { LONE_SEED, LoneChain, loneGenesis } from "../../../fixtures/lone-chain.js";
import { silent } from "../../p2p/silent.js";
import { memoryWorld } from "../../p2p/world-memory.js";

/** S1: a syncing node takes a block only if more than two thirds signed its full id at its height. */

const HEIGHTS = 3n;
const genesis = loneGenesis();
const source = await LoneChain.open(await openChainStore(new MemoryDisk().open()), genesis);
await source.grow(Number(HEIGHTS));

function decided(height: bigint): DecidedBlock {
  const { store } = source;
  return { block: present(store.block(height), "kept"), certificate: present(store.certificate(height), "kept") };
}

function certificate(height: bigint): Certificate {
  const decoded = certificateCodec.decode(decided(height).certificate);
  if (isRejection(decoded)) throw new Error(decoded.name);
  return decoded;
}

type Lie = (height: bigint) => DecidedBlock;

const certified =
  (lie: (honest: Certificate) => Certificate): Lie =>
  (height) => ({ ...decided(height), certificate: certificateCodec.encode(lie(certificate(height))) });

/** The words of the certificate, signed with this key. */
const signedBy = (seed: Uint8Array, honest: Certificate, type: typeof PRECOMMIT | typeof PREVOTE = PRECOMMIT) => {
  const bytes = voteSignBytes(genesis.chainId, { ...honest, type });
  return [{ index: 0, validator: validatorAddress(ed25519PublicKey(LONE_SEED)), signature: signEd25519(bytes, seed) }];
};
const stranger = sha256(utf8("a stranger"));

/** A node without a key beside one peer, which serves what it likes. */
async function nodeBeside(serve: Lie) {
  const world = memoryWorld(1n);
  const [host, peer] = await world.hosts([[1], []]);
  const empty = await LoneChain.open(await openChainStore(new MemoryDisk().open()), genesis);
  const faults: unknown[] = [];
  const node = await Node.open(
    {
      genesis,
      chain: empty.chain,
      blocks: empty.store,
      wal: await openWal(new MemoryFiles().mount(), "/wal"),
      evidence: { load: () => Promise.resolve([]), save: () => Promise.resolve() },
      host: host!,
      signer: undefined,
      clock: world.clock,
      random: seeded(1n),
      log: () => silent,
      index: () => Promise.resolve(),
      onFault: (error) => void faults.push(error),
      onHalt: () => undefined,
      onSignerFault: (error) => void faults.push(error),
    },
    settings,
  );
  peer!.onPeer((to) => void peer!.send(to, "status", encodeStatus({ base: 1n, height: HEIGHTS })));
  peer!.serve("blocks", (_from, bytes) => {
    const question = decodeBlocksQuestion(bytes);
    if (isRejection(question)) throw new Error(question.name);
    const { block, certificate } = serve(question.from);
    const window = { height: question.from, certificate, total: block.length, offset: 0, bytes: block };
    return Promise.resolve(encodeBlocksAnswer([window]));
  });
  let gone = false;
  host!.onPeerGone(() => void (gone = true));
  await node.start();
  await world.until("an end", () => node.tip.height === HEIGHTS || gone, 20_000);
  await world.pass(3_000); // Peers that are not banned come back.
  const result = { height: node.tip.height, peers: host!.peers().length, faults };
  await node.stop();
  return result;
}

test("S1: blocks with their certificates are taken from a stranger", async () => {
  assert.deepEqual(await nodeBeside(decided), { height: HEIGHTS, peers: 1, faults: [] });
});

const lies: Readonly<Record<string, Lie>> = {
  "nobody's signature": certified((honest) => ({ ...honest, signatures: [] })),
  "a stranger's signature": certified((honest) => ({ ...honest, signatures: signedBy(stranger, honest) })),
  prevotes: certified((honest) => ({ ...honest, signatures: signedBy(LONE_SEED, honest, PREVOTE) })),
  "another block's certificate": (height) => ({ ...decided(height), certificate: decided(height + 1n).certificate }),
  "a certificate of nothing": certified((honest) => ({ ...honest, blockId: undefined })),
  "the certificate of another round": certified((honest) => ({ ...honest, round: honest.round + 1 })),
  "a signature for a part more": certified((honest) => {
    const { hash, parts } = honest.blockId!;
    const blockId = { hash, parts: { ...parts!, total: parts!.total + 1 } };
    return { ...honest, blockId, signatures: signedBy(LONE_SEED, { ...honest, blockId }) };
  }),
  "another body under the signed header": (height) => {
    const { block, certificate } = decided(height);
    const body = blockCodec.decode(block, block.length);
    if (isRejection(body)) throw new Error(body.name);
    return { block: blockCodec.encode({ ...body, txs: [] }), certificate };
  },
};
for (const [what, lie] of Object.entries(lies)) {
  test(`S1: who serves a block with ${what} is banned, and the block is not taken`, async () => {
    assert.deepEqual(await nodeBeside(lie), { height: 0n, peers: 0, faults: [] });
  });
}
