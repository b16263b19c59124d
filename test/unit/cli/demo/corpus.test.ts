import assert from "node:assert/strict";
import { test } from "node:test";

import { verifySet } from "#proto/attribution/set-tree.js";
import { concat, toHex } from "#proto/bytes.js";
import { loadCorpus } from "#cli/demo/corpus/load.js";
import { prepare } from "#cli/demo/corpus/prepare.js";
import { exactDuplicate, submissionsOf } from "#cli/demo/corpus/submissions.js";

const key = { address: new Uint8Array(20).fill(1), secretKey: new Uint8Array(32).fill(2) };
const corpus = loadCorpus();
const submissions = submissionsOf(corpus);

test("four contributors send several real texts each, in chunks that a chain takes", () => {
  const perOwner = new Map<string, number>();
  let chunked = 0;
  for (const submission of submissions) {
    perOwner.set(submission.owner, (perOwner.get(submission.owner) ?? 0) + 1);
    const prepared = prepare(submission, key, 1n);
    const packed = concat(...prepared.chunks);
    assert.equal(verifySet(prepared.fpRoot, packed), undefined);
    assert.equal(packed.length, 8 * prepared.fpCount);
    assert.ok(prepared.fpCount <= prepared.tokenCount);
    assert.ok(prepared.chunks.every(({ length }) => length <= 65_536));
    if (prepared.chunks.length > 1) chunked++;
  }
  assert.deepEqual(
    [...perOwner],
    [
      ["alice", 4],
      ["dave", 4],
      ["erin", 4],
      ["frank", 3],
    ],
  );
  assert.ok(chunked > 0, "no text is long enough for a second chunk");
});

test("the exact duplicate has the earlier text's root; the near one has its own and shares most fingerprints", () => {
  const of = (title: string) => {
    const found = submissions.find((submission) => submission.title === title);
    assert.ok(found !== undefined, title);
    return prepare(found, key, 1n);
  };
  const duplicate = prepare(exactDuplicate(corpus), key, 1n);
  assert.equal(toHex(duplicate.contentRoot), toHex(of("George Washington, 1790").contentRoot));
  const [original, copy] = [of("Abraham Lincoln, 1863"), of("On the state of the war")];
  assert.notEqual(toHex(copy.contentRoot), toHex(original.contentRoot));
  const list = (packed: Uint8Array) =>
    packed.reduce<string[]>((all, _, i) => (i % 8 ? all : [...all, toHex(packed.subarray(i, i + 8))]), []);
  const known = new Set(original.chunks.flatMap(list));
  const shared = copy.chunks.flatMap(list).filter((fp) => known.has(fp)).length;
  assert.ok(shared / copy.fpCount > 0.7, `${shared} of ${copy.fpCount}`);
});

test("nonces follow from key, datanet and text, and no two are equal", () => {
  const nonces = submissions.map((submission) => toHex(prepare(submission, key, 1n).nonce));
  assert.equal(new Set(nonces).size, submissions.length);
  assert.notEqual(toHex(prepare(submissions[0]!, key, 2n).nonce), nonces[0]);
  const other = { ...key, secretKey: new Uint8Array(32).fill(3) };
  assert.notEqual(toHex(prepare(submissions[0]!, other, 1n).nonce), nonces[0]);
});
