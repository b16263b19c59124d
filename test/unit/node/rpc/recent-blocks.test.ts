import assert from "node:assert/strict";
import { test } from "node:test";
import { withRecentBlocks } from "#node/rpc/services/recent-blocks.js";
import { FixtureChain } from "./fixture-chain.js";

test("a block is read once while it is recent, and absence is asked again", async () => {
  const fixture = await FixtureChain.of(Array.from({ length: 12 }, () => []));
  const { chain } = fixture.deps();
  const reads: bigint[] = [];
  const cached = withRecentBlocks({
    ...chain,
    block(height) {
      reads.push(height);
      return chain.block(height);
    },
  });
  for (let i = 0; i < 3; i++) {
    for (const height of [1n, 12n]) assert.equal((await cached.block(height))?.block.header?.height, height);
  }
  assert.deepEqual(reads, [1n, 12n]);
  for (let height = 2n; height <= 10n; height++) await cached.block(height);
  await cached.block(1n);
  assert.deepEqual(reads.slice(2), [2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n, 10n, 1n]);
  assert.equal(await cached.block(13n), undefined);
  await fixture.commit([]);
  assert.equal((await cached.block(13n))?.block.header?.height, 13n);
});
