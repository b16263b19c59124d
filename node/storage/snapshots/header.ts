import { equalBytes, toHex, type Bytes } from "#proto/bytes.js";
import type { LightBlock } from "#proto/light/header.js";
import { isRejection } from "#proto/rejection.js";
import { blockCodec, headerHash, isHeaderOf, type Block } from "#proto/types/block.js";
import { equalBlockIds, hashBytes } from "#proto/types/block-id.js";
import { blockIdOf } from "#proto/types/parts.js";
import { fromMessage } from "#proto/types/validators.js";
import { SnapshotFault } from "./fault.js";
import type { Decided, Manifest } from "./format.js";

/** The height of a snapshot: every byte of the block is what its certificate is for. Whether to believe that is another matter. */
export interface SnapshotHeight {
  readonly block: Block;
  readonly bytes: Bytes;
  readonly light: LightBlock;
}

/** Reads the decided height of a snapshot and compares it with the manifest. @throws SnapshotFault */
export function snapshotHeight(manifest: Manifest, { block: bytes, certificate, validators }: Decided): SnapshotHeight {
  const damaged = (why: string): SnapshotFault => new SnapshotFault("snapshot.damaged", `the snapshot's ${why}`);
  const block = blockCodec.decode(bytes, bytes.length);
  if (isRejection(block) || block.header === undefined) throw damaged("block cannot be read");
  if (certificate === undefined) throw damaged("certificate is missing");
  const set = validators === undefined ? undefined : fromMessage(validators);
  if (set === undefined || isRejection(set)) throw damaged("validator set cannot be read");
  const { header } = block;
  if (!equalBlockIds(certificate.blockId, blockIdOf(header, bytes))) throw damaged("certificate is for another block");
  if (
    header.chainId !== manifest.chainId ||
    header.height !== manifest.height ||
    !isHeaderOf(manifest.headerHash, header)
  ) {
    throw damaged(`header ${toHex(hashBytes(headerHash(header)))} is not the one of its manifest`);
  }
  if (!equalBytes(header.stateRoot, manifest.stateRoot)) throw damaged("state root is not the header's");
  return { block, bytes, light: { header, certificate, validators: set } };
}
