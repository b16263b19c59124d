import { present } from "#proto/assert.js";
import { headerHashOf } from "#proto/types/block-id.js";
import type { BlockInfo } from "#state/context.js";
import { chainConfig, lastBeacon, nextValidators } from "#state/modules/chain/index.js";
import type { ReadView } from "#state/store/view.js";

/** The block in which a transaction is checked or simulated: the one after the last, a millisecond later. */
export function simulatedBlock(
  latest: ReadView,
  last: { readonly chainId: string; readonly height: bigint; readonly time: bigint },
): BlockInfo {
  const set = nextValidators(latest);
  const first = present(set.members[0], "a set has members");
  return {
    chainId: last.chainId,
    height: last.height + 1n,
    hash: NO_HASH,
    time: last.time + 1n,
    proposer: first.address,
    beacon: lastBeacon(latest),
    bech32Prefix: chainConfig(latest).bech32Prefix,
    proposerPower: first.power,
    totalPower: set.totalPower,
    misbehaviour: [],
  };
}

const NO_HASH = headerHashOf(new Uint8Array(32));
