import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex, utf8, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { ADMITS_ANYBODY } from "#proto/client/verify/facts.js";
import { readStored, readStoredU64, stateKeys } from "#proto/light/state-keys.js";
import { isRejection } from "#proto/rejection.js";
import * as attribution from "#state/modules/attribution/keys.js";
import * as auth from "#state/modules/auth/keys.js";
import { admissions } from "#state/modules/datanet/codes.js";
import * as datanet from "#state/modules/datanet/keys.js";
import * as model from "#state/modules/model/keys.js";
import * as payout from "#state/modules/payout/keys.js";
import * as usage from "#state/modules/usage/keys.js";

const who = sha256(utf8("who")).slice(0, 20);
const hash = sha256(utf8("hash"));

/** Each key that a stranger proves, beside the one that the module writes. */
const rows: Readonly<Record<keyof typeof stateKeys, readonly [stranger: Bytes, module: Bytes]>> = {
  account: [stateKeys.account(who), auth.accounts.key([who])],
  nextContribution: [stateKeys.nextContribution(), datanet.nextContributionId.key([])],
  datanet: [stateKeys.datanet(3n), datanet.datanets.key([3n])],
  terms: [stateKeys.terms(3n, 2), datanet.terms.key([3n, 2])],
  contribution: [stateKeys.contribution(300n), datanet.contributions.key([300n])],
  fingerprints: [stateKeys.fingerprints(5n, 1), datanet.chunks.key([5n, 1])],
  version: [stateKeys.version(7n), model.versions.key([7n])],
  versionRoyalties: [stateKeys.versionRoyalties(7n), model.royalties.key([7n])],
  releaseNode: [stateKeys.releaseNode(hash), model.nodes.key([hash])],
  channel: [stateKeys.channel(9n), usage.channels.key([9n])],
  attributionParams: [stateKeys.attributionParams(), attribution.params.key([])],
  batch: [stateKeys.batch(11n), attribution.batches.key([11n])],
  nextBatch: [stateKeys.nextBatch(), attribution.nextBatch.key([])],
  voucher: [stateKeys.voucher(11n, 2n), attribution.vouchers.key([11n, 2n])],
  batchRoyalties: [stateKeys.batchRoyalties(11n), attribution.royalties.key([11n])],
  epoch: [stateKeys.epoch(4n), attribution.epochs.key([4n])],
  opening: [stateKeys.opening(11n, 2n, 6n), attribution.openings.key([11n, 2n, 6n])],
  openingPiece: [stateKeys.openingPiece(11n, 2n, 6n, who, 4), attribution.pieces.key([11n, 2n, 6n, who, 4])],
  progress: [stateKeys.progress(11n), attribution.progress.key([11n])],
  contest: [stateKeys.contest(11n, 5n, 2n), attribution.contests.key([11n, 5n, 2n])],
  use: [stateKeys.use(5n, 11n, 2n), attribution.uses.key([5n, 11n, 2n])],
  credit: [stateKeys.credit(11n, 5n), attribution.credits.key([11n, 5n])],
  payoutParams: [stateKeys.payoutParams(), payout.params.key([])],
  payEntry: [stateKeys.payEntry(11n, 3, 7n), payout.entries.key([11n, 3, 7n])],
  payLine: [stateKeys.payLine(who, 11n, 3, 7n), payout.lines.key([who, 11n, 3, 7n])],
  controllerChange: [stateKeys.controllerChange(who, 3), payout.controllerChanges.key([who, 3])],
  payAccount: [stateKeys.payAccount(who), payout.accounts.key([who])],
  payTotals: [stateKeys.payTotals(), payout.totals.key([])],
  payPair: [stateKeys.payPair(2n, 5n), payout.pairs.key([2n, 5n])],
};

for (const [name, [stranger, module]] of Object.entries(rows)) {
  test(`a stranger looks for ${name} where the module keeps it`, () => {
    assert.equal(toHex(stranger), toHex(module));
  });
}

test("stored bytes that could not have been stored are a refusal, not an exception", () => {
  for (const bytes of ["", "00", "02", "01ff", "0108"]) {
    const value = readStored("tributary.attribution.v1.Batch", Uint8Array.from(Buffer.from(bytes, "hex")));
    assert.ok(isRejection(value), bytes);
  }
  assert.ok(isRejection(readStoredU64(new Uint8Array(7))));
  assert.equal(readStoredU64(Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 0)), 256n);
});

test("a stranger knows a datanet that admits anybody by the module's code", () => {
  assert.equal(ADMITS_ANYBODY, admissions.open);
});
