import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readU32be, u64be } from "#proto/bytes.js";
import type { AnyMessage } from "#proto/tx/decode.js";
import { person } from "../unit/state/world.js";
import {
  any,
  COMMIT,
  commitment,
  CONTRIBUTE,
  contribution,
  CREATE,
  creation,
  DatanetWorld,
  piece,
  prints,
} from "../unit/state/modules/datanet-world.js";

const V1 = "tributary.datanet.v1";
const people = ["alice", "bob", "carol"].map(person);
const pieces = [piece("a", 1, 2, 3), piece("b", 2, 3, 4, 5), piece("c", 9)];
const indexed = [1, 2, 3, 4, 5, 9].map((value) => u64be(BigInt(value)));

interface Step {
  readonly kind: number;
  readonly who: number;
  readonly what: number;
  readonly id: number;
  readonly flag: boolean;
}

/** One message of any kind, often refused: what it means depends on what came before. */
function messageOf({ kind, who, what, id, flag }: Step): AnyMessage {
  const owner = people[who]!;
  const datanetId = flag ? 1n : 2n;
  const contributionId = BigInt(id);
  const brought = pieces[what]!;
  const rows: readonly (() => AnyMessage)[] = [
    () => any(COMMIT, commitment(owner, brought)),
    () => any(CONTRIBUTE, contribution(owner, datanetId, brought)),
    () => any(CONTRIBUTE, contribution(owner, datanetId, brought, { fingerprints: brought.set.subarray(0, 8) })),
    () =>
      any(`${V1}.MsgAddFingerprints`, {
        ...{ owner: owner.text, contributionId, index: 1, fingerprints: flag ? brought.set.subarray(8) : prints(7) },
      }),
    () =>
      any(`${V1}.MsgReviewContribution`, {
        ...{ curator: owner.text, contributionId, verdict: flag ? 1 : 2, reason: flag ? 1 : 4, note: "" },
      }),
    () => any(`${V1}.MsgPublishRelease`, { curator: owner.text, datanetId, notes: "" }),
    () => any(`${V1}.MsgWithdrawConsent`, { owner: owner.text, contributionId }),
    () => any(`${V1}.MsgFundDatanet`, { funder: owner.text, datanetId, amount: String(id) }),
    () => any(`${V1}.MsgCloseDatanet`, { creator: owner.text, datanetId }),
  ];
  return rows[kind]!();
}

const step = fc.record({
  kind: fc.nat(8),
  who: fc.nat(2),
  what: fc.nat(2),
  id: fc.integer({ min: 1, max: 6 }),
  flag: fc.boolean(),
});

test("any sequence of messages keeps money, counts, sets and releases whole, and a rebuilt index answers alike", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 40 }), (steps) => {
      const world = new DatanetWorld(
        { alice: 10n ** 10n, bob: 10n ** 10n, carol: 10n ** 10n },
        { datanet: { params: { proof_blocks: "9" } } },
      );
      const [alice, bob] = [people[0]!, people[1]!];
      const curated = { slug: "curated", admission: 3, curators: [alice.text, bob.text], threshold: 1 };
      world.run(alice, [any(CREATE, creation(alice)), any(CREATE, creation(alice, curated))]);
      // World checks all invariants after each block and throws at the first that is broken.
      for (const one of steps) world.run(people[one.who]!, [messageOf(one)], { gas: 20_000_000n });
      const rebuilt = world.rebuilt();
      for (const fingerprint of indexed) {
        const [high, low] = [readU32be(fingerprint), readU32be(fingerprint, 4)];
        assert.equal(rebuilt.senior(high, low), world.index.senior(high, low));
        for (const id of [1n, 2n]) assert.equal(rebuilt.place(id, high, low), world.index.place(id, high, low));
      }
    }),
    { seed: 11, numRuns: 12 },
  );
});
