import assert from "node:assert/strict";
import { test } from "node:test";
import { windowIndex } from "#proto/attribution/rule/committed.js";
import type { Contribution } from "#proto/attribution/standing.js";
import { present } from "#proto/assert.js";

const contribution = (id: bigint, change: Partial<Contribution>): Contribution =>
  ({
    id,
    datanetId: 1n,
    intentHeight: id,
    intentIndex: 0,
    completeHeight: 20n,
    withdrawnHeight: 0n,
    firstRelease: 1,
    decidedHeight: 40n,
    ...change,
  }) as Contribution;

test("ids become committers: who is accepted later has no place, and each contribution is read once", () => {
  const known = new Map(
    [
      contribution(1n, {}),
      contribution(2n, { firstRelease: 0, decidedHeight: 30n }), // Rejected.
      contribution(3n, { decidedHeight: 51n }),
      contribution(4n, { datanetId: 2n }),
    ].map((each) => [each.id, each]),
  );
  let reads = 0;
  // Window n has n as its first committer; in datanet 1 contribution 1 has every place, in datanet 2 contribution 4.
  const index = windowIndex(
    {
      claim: (_, low) => (low === 0 ? undefined : low === 1 || low === 4 ? low : -low),
      place: (datanet) => ({ "1": 1, "2": 4 })[datanet.toString()],
    },
    {
      contribution: (id) => {
        reads++;
        return present(known.get(id), "known");
      },
      ownerOf: ({ id }) => new Uint8Array(20).fill(Number(id)),
    },
    50n,
  );
  const seen = (low: number): unknown => {
    const claim = index.senior(7, low);
    return claim && [claim.committer?.contribution, claim.committer?.acceptedHeight, claim.placed];
  };
  assert.equal(seen(0), undefined);
  assert.deepEqual(seen(1), [1n, 40n, true]);
  assert.deepEqual(seen(2), [2n, undefined, false]);
  assert.deepEqual(seen(3), [3n, undefined, false]);
  assert.deepEqual(seen(4), [4n, 40n, true]);
  assert.deepEqual(seen(1), [1n, 40n, true]);
  assert.equal(index.place(1n, 7, 2)?.contribution, 1n);
  assert.equal(index.place(3n, 7, 2), undefined);
  assert.deepEqual(index.senior(7, 4)?.committer?.owner, new Uint8Array(20).fill(4));
  assert.equal(index.senior(7, 1), index.senior(8, 1), "one answer a contribution");
  assert.equal(reads, 4);
});
