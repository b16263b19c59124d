import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { newEpoch } from "#proto/attribution/epoch.js";
import { newAccount } from "#proto/attribution/pay.js";
import { receiptLeaf } from "#proto/attribution/receipt.js";
import { spanKinds, type RuledReceipt } from "#proto/attribution/rule/receipt.js";
import { tokenCount } from "#proto/attribution/rule/tokens.js";
import { answerSpan, piecesOf } from "#proto/attribution/texts.js";
import type { Bytes } from "#proto/bytes.js";
import type { Messages } from "#proto/codec/message.js";
import { accountOf } from "#state/modules/auth/index.js";
import { addressText } from "#state/modules/chain/index.js";
import { moduleAccounts } from "#state/module-accounts.js";
import {
  batches,
  due,
  epochs,
  openings,
  pieces,
  totals as batchSums,
  unsettled,
  vouchers,
} from "#state/modules/attribution/keys.js";
import { NO_TOTALS } from "#state/modules/attribution/totals.js";
import { endow } from "#state/modules/bank/ledger.js";
import { terms } from "#state/modules/datanet/keys.js";
import { models, versions } from "#state/modules/model/keys.js";
import { storeUnion } from "#state/modules/model/release-set.js";
import { accounts, entries, held, lines, totals } from "#state/modules/payout/keys.js";
import { payTotals } from "#state/modules/payout/index.js";
import { View } from "#state/store/view.js";
import { person, World } from "#test/unit/state/world.js";
import { cpuMs } from "./cpu.js";
import type { Library } from "./library.js";

const FORMED = 100n;
const ROOT = new Uint8Array(32);
const POOL = 1_000_000n;

/** A chain with the library's contributions and one version whose releases come from these datanets. */
export function worldOf(library: Library, datanets: readonly bigint[], versionHeight: bigint): World {
  const world = new World({ alice: 10n ** 15n, bob: 1n });
  world.invariantsEvery = 1n << 40n;
  world.fingerprints = library.index;
  world.height = FORMED;
  world.base.apply(library.writes);
  const view = new View(world.base);
  const eligibleRoot = storeUnion(
    view,
    [],
    datanets.map((datanetId) => ({ datanetId, number: 1 })),
  );
  versions.put(view, [1n], versionRecord(eligibleRoot, versionHeight));
  models.put(view, [1n], modelRecord());
  for (const datanetId of datanets) {
    terms.put(view, [datanetId, 1], { datanetId, version: 1, hash: ROOT, uri: "", treasuryBasisPoints: 0, height: 0n });
  }
  endow(view, moduleAccounts.attribution, "utrib", 10n ** 15n);
  world.base.apply(view.writes());
  return world;
}

/** Puts batches past their deadline, each opened whole with these receipts. */
export function putBatches(world: World, count: number, receipts: readonly RuledReceipt[]): void {
  const view = new View(world.base);
  epochs.put(view, [1n], { ...newEpoch(1n, FORMED, 0n), beacon: ROOT, beaconHeight: FORMED, deadline: FORMED });
  due.put(view, [FORMED, 1n], true);
  for (let i = 1; i <= count; i++) putBatch(view, BigInt(i), receipts);
  const held = (POOL * BigInt(count)).toString();
  batchSums.put(view, [], { ...NO_TOTALS, fees: held, held });
  world.base.apply(view.writes());
}

function putBatch(view: View, id: bigint, receipts: readonly RuledReceipt[]): void {
  const sum = BigInt(receipts.length);
  const bob = person("bob").text;
  batches.put(view, [id], {
    ...{ id, provider: bob, versionId: 1n, epoch: 1n, formedHeight: FORMED, vouchers: 1, receipts: sum },
    ...{
      auditSum: sum,
      samplingVouchers: 0,
      fees: POOL,
      selfDealt: 0n,
      burned: 0n,
      validators: 0n,
      pool: POOL,
      contributorBasisPoints: 3_000,
    },
    ...{ providerShare: 0n, royalties: 0n, ownerShare: 0n, sampleMax: 64, answered: sum, settlement: undefined },
    wholeReceiptsMax: 4_096,
  });
  unsettled.put(view, [1n, id], true);
  vouchers.put(view, [id, id], {
    ...{ id, batchId: id, channelId: 1n, consumer: person("alice").text, afterNonce: 0n, nonce: sum, amount: POOL },
    ...{
      fee: POOL,
      auditRoot: ROOT,
      auditSum: sum,
      auditCount: sum,
      afterAuditSum: 0n,
      afterAuditCount: 0n,
      openAll: true,
      signature: ROOT,
      height: 1n,
      linked: 0,
      funder: "",
    },
  });
  for (const [i, receipt] of receipts.entries()) putOpening(view, id, BigInt(i), receipt);
}

/** As the chain keeps it; what a settlement does not read is left empty. */
function putOpening(view: View, id: bigint, index: bigint, { time, datanets, spans, answer }: RuledReceipt): void {
  const { address, text: opener } = person("bob");
  const asked = piecesOf(spans.filter(({ kind }) => kind !== spanKinds.added));
  const answered = piecesOf([answerSpan(answer)]);
  const tokens = tokenCount(answer);
  openings.put(view, [id, id, index], {
    ...{ voucherId: id, index, intervalFrom: index, intervalTo: index + 1n, opener, height: 1n },
    head: {
      receipt: {
        ...{ channelId: 1n, nonce: index + 1n, versionId: 1n, fee: 1n, tokens },
        ...{ requestHash: ROOT, addedRoot: ROOT, outRoot: ROOT, time: 0n },
      },
      request: { chainId: "", channelId: 1n, nonce: index + 1n, time, datanets: [...datanets], textRoot: ROOT },
      ...{ seed: ROOT, path: [receiptLeaf(1n, ROOT)], requestPieces: asked.length, addedPieces: 0 },
      answerPieces: answered.length,
    },
    ...{ pieces: asked.length + answered.length, edge: undefined },
  });
  for (const [n, piece] of [...asked, ...answered].entries()) pieces.put(view, [id, id, index, address, n], piece);
}

/** Puts entries that matured at once, each of an owner of its own. */
export function putWaiting(world: World, count: number): void {
  const view = new View(world.base);
  const amount = "5000000000000";
  for (let i = 1; i <= count; i++) {
    const subject = BigInt(i);
    const { address, text: owner } = ownerOf(i);
    entries.put(view, [1n, 1, subject], {
      ...{ batchId: 1n, kind: 1, subject, owner, versionId: 1n, amount, treasury: "0", datanetId: 1n, tokens: 1n },
      ...{
        receipts: 1n,
        dueTime: 1n,
        matured: false,
        maturedHeight: 0n,
        released: "0",
        samplingError: "0",
        selfDealt: "0",
      },
    });
    held.put(view, [1n, 1n, 1, subject], true);
    lines.put(view, [address, 1n, 1, subject], { earned: "0", through: "0", settled: "0" });
    accounts.put(view, [address], {
      ...newAccount(owner),
      pending: amount,
    });
  }
  const sum = (BigInt(amount) * BigInt(count)).toString();
  totals.put(view, [], { ...payTotals(view), booked: sum, pending: sum });
  endow(view, moduleAccounts.payout, "utrib", (BigInt(amount) * BigInt(count)) / 1_000_000_000n);
  world.base.apply(view.writes());
}

const ownerOf = (i: number): { address: Bytes; text: string } => {
  const address = new Uint8Array(20);
  new DataView(address.buffer).setUint32(0, i);
  return { address, text: addressText("trib").format(address) };
};

/** CPU of the dearest of the blocks that follow, at most `blocks` of them, until nothing is left to settle. */
export function dearestBlock(world: World, blocks: number): number {
  let most = 0;
  for (let i = 0; i < blocks; i++) {
    most = Math.max(
      most,
      cpuMs(() => void world.block()),
    );
  }
  return most;
}

/** CPU of a block that is filled to the gas limit with transfers: the median of some. */
export function transferBlocks(world: World, gasMax: bigint): number {
  const alice = person("alice");
  const { text: fromAddress } = alice;
  const value = MsgSend.encode({
    fromAddress,
    toAddress: person("bob").text,
    amount: [{ denom: "utrib", amount: "1" }],
  }).finish();
  const transfer = { typeUrl: MsgSend.typeUrl, value };
  const used = world.run(alice, [transfer], { gas: 200_000n }).gasUsed;
  const times = Array.from({ length: 3 }, () => {
    const sequence = accountOf(world.base, alice.address)!.sequence;
    const txs = Array.from({ length: Number(gasMax / used) }, (_, i) =>
      world.tx(alice, [transfer], { gas: used, fee: 1_000n, sequence: sequence + BigInt(i) }),
    );
    return cpuMs(() => void world.block(txs));
  });
  return times.sort((a, b) => a - b)[1]!;
}

function modelRecord(): Messages["tributary.model.v1.Model"] {
  const { text: owner } = person("bob");
  return {
    ...{ id: 1n, owner, slug: "model", title: "", cardHash: ROOT, cardUri: "", versions: 1 },
    ...{ createdHeight: 0n, createdTime: 0n },
  };
}

function versionRecord(eligibleRoot: Bytes, height: bigint): Messages["tributary.model.v1.Version"] {
  return {
    ...{ id: 1n, modelId: 1n, number: 1, label: "v1", weightsHash: ROOT, weightsBytes: 1n, format: "", method: "" },
    ...{ configHash: ROOT, manifestHash: ROOT, parents: [], releases: [], height, time: 0n, eligibleRoot },
    ...{
      carryOver: undefined,
      carriedRoot: new Uint8Array(0),
      eligibleReleases: 64,
      depth: 0,
      stage: 3,
      stageChanges: 1,
    },
    fees: {
      ...{ contributorBasisPoints: 3_000, providerBasisPoints: 2_000, royaltyBasisPoints: 0 },
      ...{ pricePerCall: 1n, pricePerInputToken: 0n, pricePerOutputToken: 0n },
    },
  };
}
