import assert from "node:assert/strict";
import { test } from "node:test";
import { isRejection } from "#proto/rejection.js";
import { blockCodec, type Block, type Header } from "#proto/types/block.js";
import { openChainStore } from "#node/storage/chain-store.js";
import { MemoryDisk } from "#node/storage/database/memory-disk.js";
import { LoneChain } from "../../../fixtures/lone-chain.js";

/** B2, V4: a block is valid only when each field of its header says what this chain's state says. */

const lone = await LoneChain.open(await openChainStore(new MemoryDisk().open()));
await lone.grow(2);
const { bytes } = await lone.propose();
const decoded = blockCodec.decode(bytes, bytes.length);
if (isRejection(decoded) || decoded.header === undefined) throw new Error("a block as it was built decodes");
const block: Block = decoded;
const { header } = decoded;

async function reasonFor(change: Partial<Header>): Promise<string> {
  const { valid, reason } = await lone.chain.process(blockCodec.encode({ ...block, header: { ...header, ...change } }));
  assert.equal(valid, reason === "");
  return reason;
}

test("a block as it was built is valid", async () => assert.equal(await reasonFor({}), ""));

const flipped = (bytes: Uint8Array): Uint8Array => bytes.map((byte, i) => (i === 0 ? byte ^ 1 : byte));
const roots = [
  ...(["lastCertificateRoot", "txRoot", "stateRoot", "resultsRoot", "validatorsRoot", "nextValidatorsRoot"] as const),
  ...(["prioritiesRoot", "evidenceRoot", "paramsRoot"] as const),
];
for (const field of roots) {
  test(`a block whose ${field} is another is invalid`, async () =>
    assert.equal(await reasonFor({ [field]: flipped(header[field]) }), `header field ${field}`));
}

const cases: { what: string; change: Partial<Header>; reason: RegExp }[] = [
  { what: "another version", change: { version: header.version + 1n }, reason: /^header field version$/ },
  { what: "another chain's id", change: { chainId: "tributary-2" }, reason: /^header field chainId$/ },
  { what: "another height", change: { height: header.height + 1n }, reason: /^header field height$/ },
  { what: "no last block", change: { lastBlockId: undefined }, reason: /^header field lastBlockId$/ },
  { what: "the time of the last block", change: { time: header.time - 1000n }, reason: /^time \d+ is not after/ },
  { what: "a round that no search reaches", change: { round: 1_000_000 }, reason: /^creation round/ },
  { what: "another proposer", change: { proposer: flipped(header.proposer) }, reason: /is not rotation's choice$/ },
  { what: "another beacon", change: { beaconProof: flipped(header.beaconProof) }, reason: /^beacon proof$/ },
];
for (const { what, change, reason } of cases) {
  test(`a block with ${what} is invalid`, async () => assert.match(await reasonFor(change), reason));
}
