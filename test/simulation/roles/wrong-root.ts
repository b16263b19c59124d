import { present } from "#proto/assert.js";
import { BLOCK_BYTES_CEILING } from "#proto/limits.js";
import { isRejection } from "#proto/rejection.js";
import { blockCodec, certificateRoot, txRoot, type Block } from "#proto/types/block.js";
import { sealBlock } from "#proto/types/parts.js";
import { altered, noBlock, randomBytes, type Role, type Stage } from "./role.js";

type Lie = (block: Block, stage: Stage) => Block;

const inHeader =
  (change: (stage: Stage) => Partial<NonNullable<Block["header"]>>): Lie =>
  (block, stage) => ({ ...block, header: { ...block.header!, ...change(stage) } });

/** Mostly a wrong state root; and everything else that a header or a body can lie about. */
const lies: readonly Lie[] = [
  inHeader(({ random }) => ({ stateRoot: randomBytes(random, 32) })),
  inHeader(({ random }) => ({ stateRoot: randomBytes(random, 32) })),
  inHeader(({ random }) => ({ resultsRoot: randomBytes(random, 32) })),
  inHeader(({ random }) => ({ nextValidatorsRoot: randomBytes(random, 32) })),
  inHeader(({ random }) => ({ prioritiesRoot: randomBytes(random, 32) })),
  inHeader(({ random }) => ({ beaconProof: randomBytes(random, 80) })),
  inHeader(({ random }) => ({ lastBlockId: noBlock(random) })),
  inHeader(() => ({ time: 1n })),
  (block, { random }) => {
    const txs = [...block.txs, randomBytes(random, 200)];
    return { ...block, txs, header: { ...block.header!, txRoot: txRoot(txs) } };
  },
  (block) => {
    if (block.lastCertificate === undefined) return { ...block, header: { ...block.header!, version: 99n } };
    const lastCertificate = { ...block.lastCertificate, signatures: block.lastCertificate.signatures.slice(0, 1) };
    return {
      ...block,
      lastCertificate,
      header: { ...block.header!, lastCertificateRoot: certificateRoot(lastCertificate) },
    };
  },
];

/** Proposes invalid blocks, and finds every block valid: its own and those of its like get its votes. */
export const wrongRoot: Role = (ports, stage) => {
  const { chain } = ports;
  const { random, did } = stage;
  return {
    ...ports,
    chain: altered(chain, {
      async build(request) {
        const built = await chain.build(request);
        if (built === undefined || random.chance(10)) return built;
        const block = blockCodec.decode(built.bytes, BLOCK_BYTES_CEILING);
        if (isRejection(block)) return built;
        const { bytes, id, block: lie } = sealBlock(lies[random.below(lies.length)]!(block, stage));
        did();
        return { ...built, bytes, blockId: id, time: present(lie.header, "a block that was built has a header").time };
      },
      async process(bytes) {
        const verdict = await chain.process(bytes);
        return verdict.blockId === undefined ? verdict : { ...verdict, valid: true };
      },
    }),
  };
};
