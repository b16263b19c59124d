import { present } from "../../assert.js";
import { beaconOf } from "../../beacon.js";
import { newEpoch, withBlock, type Epoch } from "../../attribution/epoch.js";
import { headerBeacon } from "../../light/header.js";
import { indexOf } from "../../types/validators.js";
import type { Comparison } from "./compare.js";
import { must, VerifyFault } from "./fault.js";
import type { Believed } from "../../light/trust.js";
import type { TrustedHeaders } from "./headers.js";

/**
 * The beacon of an epoch once more, from headers alone: each proposer's VRF over the beacon before, until proposers of more
 * than a third of the power have contributed since the epoch's last block.
 */
export async function compareEpoch(
  headers: TrustedHeaders,
  epoch: Epoch,
  windowBlocks: bigint,
  found: Comparison,
): Promise<void> {
  const [formed, ...after] = await headers.range(epoch.formedHeight, epoch.beaconHeight);
  let recomputed = newEpoch(
    epoch.number,
    epoch.formedHeight,
    present(formed, "a range has a first header").trusted.time,
  );
  let before = present(formed, "a range has a first header");
  for (const next of after) {
    if (recomputed.beacon.length > 0) break;
    recomputed = withBlock(recomputed, blockOf(next, before), windowBlocks);
    before = next;
  }
  found.record(`epoch ${epoch.number}`, epoch, recomputed);
}

function blockOf({ block, trusted }: Believed, before: Believed) {
  const { height, proposer } = block.header;
  const what = `beacon of height ${height}`;
  const previous = beaconOf(before.block.header.beaconProof);
  if (previous === undefined) throw new VerifyFault("header.beacon", what, "the header before carries no proof");
  const beacon = must(what, headerBeacon(block, previous));
  const { members, totalPower } = trusted.validators;
  const proposerPower = present(members[indexOf(trusted.validators, proposer)], "its beacon was verified").power;
  return { height, proposer, proposerPower, totalPower, beacon };
}
