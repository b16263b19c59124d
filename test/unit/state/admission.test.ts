import assert from "node:assert/strict";
import { test } from "node:test";
import { MsgMultiSend, MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { AuthInfo, ModeInfo, SignerInfo, TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { useNatives } from "#node/runtime/natives.js";
import { toBech32 } from "#proto/crypto/address.js";
import { message } from "#proto/codec/message.js";
import { sha256 } from "#proto/crypto/hash.js";
import { concat, u32be, utf8, type Bytes } from "#proto/bytes.js";
import { FIELDS_PER_TX_MAX } from "#proto/limits.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import { decodeTx, type AnyMessage } from "#proto/tx/decode.js";
import { sdkErrors } from "#proto/tx/errors.js";
import { headerHashOf } from "#proto/types/block-id.js";
import { checkTx, type CheckRules } from "#state/check.js";
import { accountOf } from "#state/modules/auth/index.js";
import { View } from "#state/store/view.js";
import { counted, countedBase } from "#test/fixtures/counted.js";
import {
  addressOf,
  SIGN_MODE_AMINO,
  single,
  textOf,
  threshold,
  txOf,
  type Envelope,
  type Party,
} from "#test/fixtures/parties.js";
import { person, TEST_CHAIN, World } from "./world.js";

useNatives();
const TX_BYTES_MAX = 131_072;
const RULES: CheckRules = { txBytesMax: TX_BYTES_MAX, blockGasMax: 100_000_000n, gasPriceMin: 2_500_000_000_000_000n };
/** Pays for any gas that a test asks for. */
const PAID: Envelope = { fee: 250_000n, gas: 100_000_000n };
const alice = single("alice");

const send = (from: string, amount = [{ denom: "utrib", amount: "1" }], to = single("bob")): AnyMessage => ({
  typeUrl: MsgSend.typeUrl,
  value: MsgSend.encode({ fromAddress: from, toAddress: textOf(to), amount }).finish(),
});
/** About `bytes` of a denomination that grows six times in JSON. */
const large = (from: string, bytes: number): AnyMessage => send(from, [{ denom: "<".repeat(bytes), amount: "1" }]);

/** All accounts that these tests need, with coins and numbers in the order of payment. */
function worldOf(...parties: readonly Party[]): World {
  const world = new World({ alice: 100_000_000n });
  const messages = parties.map((party) => send(textOf(alice), [{ denom: "utrib", amount: "1000000" }], party));
  if (messages.length > 0) assert.equal(world.run(person("alice"), messages, { gas: 20_000_000n }).code, 0);
  return world;
}

const standing = (world: World, party: Party): Party => {
  const account = accountOf(world.base, addressOf(party));
  return { ...party, sequence: account?.sequence ?? 0n, number: account?.number ?? 0n };
};

function check(world: World, bytes: Bytes) {
  assert.ok(bytes.length <= TX_BYTES_MAX, `${bytes.length} bytes`);
  const base = countedBase(world.base);
  const block = {
    ...{ chainId: TEST_CHAIN, height: world.height + 1n, time: world.time, bech32Prefix: "trib", misbehaviour: [] },
    ...{ proposer: new Uint8Array(20), proposerPower: 1n, totalPower: 1n },
    ...{ beacon: new Uint8Array(32), hash: headerHashOf(new Uint8Array(32)) },
  };
  const work = counted(() => checkTx(new View(base), block, bytes, RULES));
  return { ...work, reads: base.reads };
}

interface Case {
  readonly name: string;
  readonly bytes: Bytes;
  readonly code: number;
  readonly lasting: boolean;
  /** Signatures at most, documents hashed at most (of the size of the tx), reads at most. */
  readonly most: readonly [verifications: number, documents: number, reads: number];
}

const many = Array.from({ length: 16 }, (_, i) => single(`signer ${i}`));
const multisigs = Array.from({ length: 16 }, (_, i) => ({ ...threshold(`board ${i}`, 16), mode: SIGN_MODE_AMINO }));
const board = { ...threshold("board", 15, 16), mode: SIGN_MODE_AMINO };
const world = worldOf(...many, ...multisigs.slice(0, 3), board);
const those = many.map((party) => standing(world, party));
const larger = (parties: readonly Party[], bytes = 105_000): AnyMessage[] =>
  parties.map((party) => large(textOf(party), Math.floor(bytes / parties.length)));

function cases(): Case[] {
  const [first] = those;
  const amino = those.map((party) => ({ ...party, mode: SIGN_MODE_AMINO }));
  const broke = single("nobody");
  const payer = standing(world, alice);
  const whole = standing(world, board);
  return [
    {
      name: "16 multisigs of 16 keys, unpaid",
      bytes: txOf(larger(multisigs, 85_000), multisigs, { fee: 0n, signed: "filled" }),
      ...{ code: sdkErrors.tooManySignatures.code, lasting: true, most: [0, 1, 0] },
    },
    {
      name: "16 signers, unpaid",
      bytes: txOf(larger(amino), amino, { fee: 0n }),
      ...{ code: sdkErrors.insufficientFee.code, lasting: true, most: [0, 1, 1] },
    },
    {
      name: "a gas limit that does not pay for the bytes",
      bytes: txOf(larger(amino), amino, { fee: 250_000n, gas: 1_000_000n, signed: "filled" }),
      ...{ code: sdkErrors.outOfGas.code, lasting: true, most: [0, 1, 0] },
    },
    {
      name: "gas that ends before the signatures do",
      bytes: txOf([send(textOf(whole))], [whole], { ...PAID, gas: 30_000n, signed: "filled" }),
      ...{ code: sdkErrors.outOfGas.code, lasting: false, most: [0, 1, 4] },
    },
    {
      name: "a payer without an account",
      bytes: txOf(larger([broke]), [broke], PAID),
      ...{ code: sdkErrors.unknownAddress.code, lasting: false, most: [0, 1.1, 2] },
    },
    {
      name: "a fee beyond the balance",
      bytes: txOf(larger(amino), amino, { ...PAID, fee: 2_000_000n, signed: "filled" }),
      ...{ code: sdkErrors.insufficientFunds.code, lasting: false, most: [0, 1.1, 19] },
    },
    {
      name: "the last of 16 sequences from the future",
      bytes: txOf(larger(amino), amino.with(15, { ...amino[15]!, sequence: 7n }), { ...PAID, signed: "filled" }),
      ...{ code: sdkErrors.wrongSequence.code, lasting: false, most: [0, 1.1, 18] },
    },
    {
      name: "a key that is somebody else's",
      bytes: txOf(larger([payer]), [{ ...first!, number: payer.number! }], { ...PAID, signed: "filled" }),
      ...{ code: sdkErrors.invalidPubKey.code, lasting: true, most: [0, 1.1, 1] },
    },
    {
      name: "fewer marked keys than the threshold asks for",
      bytes: txOf([send(textOf(whole))], [{ ...whole, marked: [0, 3] }], { ...PAID, signed: "filled" }),
      ...{ code: sdkErrors.unauthorized.code, lasting: true, most: [0, 3, 1] },
    },
    {
      name: "16 signers who signed something else",
      bytes: txOf(larger(amino), amino, { ...PAID, signed: "wrong" }),
      ...{ code: sdkErrors.unauthorized.code, lasting: true, most: [1, 7.5, 40] },
    },
    {
      name: "a multisig of 16 whose keys all signed something else",
      bytes: txOf(larger([whole]), [whole], { ...PAID, signed: "wrong" }),
      ...{ code: sdkErrors.unauthorized.code, lasting: true, most: [1, 7.5, 12] },
    },
    {
      name: "a payment of 2,000 parties",
      bytes: txOf([payment(2_000)], [payer], { ...PAID, signed: "filled" }),
      ...{ code: sdkErrors.tooManySignatures.code, lasting: true, most: [0, 1, 1] },
    },
    ...[50, 9_000, 60_000].map((count): Case => {
      const code = count === 50 ? sdkErrors.tooManySignatures.code : sdkErrors.invalidRequest.code;
      return { name: `${count} signer infos`, bytes: infos(count), code, lasting: true, most: [0, 0.1, 0] };
    }),
    {
      name: "modes in modes in modes",
      bytes: nested(300),
      ...{ code: sdkErrors.invalidRequest.code, lasting: true, most: [0, 0.1, 0] },
    },
    {
      name: "modes in modes",
      bytes: nested(2),
      ...{ code: sdkErrors.txDecode.code, lasting: true, most: [0, 0.1, 0] },
    },
    {
      name: "sixty thousand empty openings",
      bytes: txOf([openings(60_000)], [payer], { ...PAID, signed: "filled" }),
      ...{ code: sdkErrors.invalidRequest.code, lasting: true, most: [0, 1.1, 1] },
    },
  ];
}

/** One input for each party: all of them would have to sign. */
function payment(parties: number): AnyMessage {
  const inputs = Array.from({ length: parties }, (_, i) => ({
    address: toBech32("trib", sha256(u32be(i)).slice(0, 20)),
    coins: [],
  }));
  return { typeUrl: MsgMultiSend.typeUrl, value: MsgMultiSend.encode({ inputs, outputs: [] }).finish() };
}

const auth = (signerInfos: SignerInfo[]): Bytes =>
  TxRaw.encode({
    bodyBytes: concat(utf8("\n\0")),
    authInfoBytes: AuthInfo.encode(AuthInfo.fromPartial({ signerInfos, fee: { gasLimit: 1_000_000n } })).finish(),
    signatures: [],
  }).finish();

const infos = (count: number): Bytes => auth(Array.from({ length: count }, () => SignerInfo.fromPartial({})));

function nested(depth: number): Bytes {
  let modeInfo = ModeInfo.fromPartial({ single: { mode: 1 } });
  for (let i = 0; i < depth; i++) modeInfo = ModeInfo.fromPartial({ multi: { modeInfos: [modeInfo] } });
  return auth([SignerInfo.fromPartial({ modeInfo })]);
}

/** Two bytes each, which no encoder of ours makes. */
function openings(count: number): AnyMessage {
  const name = "tributary.attribution.v1.MsgOpenSample";
  const head = message(name).encode({ signer: textOf(alice), batchId: 1n, openings: [] });
  const list = new Uint8Array(count * 2);
  for (let i = 0; i < count; i++) list[i * 2] = 0x1a;
  return { typeUrl: `/${name}`, value: concat(head, list) };
}

for (const { name, bytes, code, lasting, most } of cases()) {
  test(`refuses cheaply: ${name}`, () => {
    const { result, verifications, hashedBytes, reads } = check(world, bytes);
    assert.ok(isRejection(result), "admitted");
    assert.equal(result.code, code, JSON.stringify(result, (_key, value: unknown) => String(value)).slice(0, 200));
    assert.equal((result as Rejection).lasting ?? false, lasting, "whether another state may heal it");
    const [signatures, documents, readings] = most;
    assert.ok(verifications <= signatures, `${verifications} signatures were verified`);
    assert.ok(hashedBytes <= documents * bytes.length + 4_000, `${hashedBytes} bytes of ${bytes.length} were hashed`);
    assert.ok(reads <= readings, `${reads} reads`);
    const inBlock = counted(() => world.block([bytes])).verifications;
    assert.ok(inBlock <= Math.max(1, signatures), `${inBlock} signatures were verified in a block`);
  });
}

test("a threshold of keys is made one document, and pays for each key that signs", () => {
  const fresh = worldOf(board);
  const party = standing(fresh, board);
  const bytes = txOf([send(textOf(party))], [party], PAID);
  const all = check(fresh, bytes);
  assert.ok(
    !isRejection(all.result),
    JSON.stringify(all.result, (_key, value: unknown) => String(value)),
  );
  assert.equal(all.verifications, 16);
  assert.ok(all.hashes < 8, `${all.hashes} hashes for 16 keys`);
  const fifteen = check(fresh, txOf([send(textOf(party))], [{ ...party, marked: [...Array(15).keys()] }], PAID));
  assert.ok(!isRejection(fifteen.result));
  assert.equal(fifteen.verifications, 15);
  const spared = all.result.gasUsed - fifteen.result.gasUsed;
  assert.ok(spared >= 5_000n && spared < 7_000n, `${spared} gas for a key and its bytes`);
});

test("each further document pays for its bytes", () => {
  const gasOf = (parties: readonly Party[]): bigint => {
    const { result } = check(world, txOf(larger(parties, 30_000), parties, PAID));
    assert.ok(
      !isRejection(result),
      JSON.stringify(result, (_key, value: unknown) => String(value)),
    );
    return result.gasUsed;
  };
  const amino = those.map((party) => ({ ...party, mode: SIGN_MODE_AMINO }));
  const more = gasOf(amino.slice(0, 8)) - gasOf(amino.slice(0, 4));
  assert.ok(more >= 4n * 2n * 30_000n, `${more} gas for four more documents of 30 kB`);
});

test("at the bound a transaction of many fields is read, above it is not", () => {
  const outputs = (count: number): AnyMessage => ({
    typeUrl: MsgMultiSend.typeUrl,
    value: MsgMultiSend.encode({
      inputs: [{ address: textOf(alice), coins: [] }],
      outputs: Array.from({ length: count }, () => ({ address: "", coins: [{ denom: "u", amount: "1" }] })),
    }).finish(),
  });
  // An output has four fields: itself, its coin, and two in it.
  const fits = decodeTx(txOf([outputs(2_000)], [standing(world, alice)], { signed: "filled" }), TX_BYTES_MAX);
  assert.ok(!isRejection(fits) && fits.fields < 60, "what is in messages is counted with them");
  for (const [count, code] of [
    [2_000, 0],
    [2_100, sdkErrors.invalidRequest.code],
  ] as const) {
    const { result } = check(world, txOf([outputs(count)], [standing(world, alice)], PAID));
    assert.equal(isRejection(result) ? result.code : 0, code, `${count} outputs, ${FIELDS_PER_TX_MAX} fields`);
  }
});

test("keys that accounts have on record count like those that a transaction names", () => {
  const boards = [0, 1].map((i) => threshold(`pair ${i}`, 9));
  const fresh = worldOf(...boards);
  for (const board of boards) fresh.block([txOf([send(textOf(board))], [standing(fresh, board)], PAID)]);
  const keyless = boards.map((board) => ({ ...standing(fresh, board), keyless: true }));
  assert.deepEqual(
    keyless.map(({ sequence }) => sequence),
    [1n, 1n],
  );
  const bytes = txOf(
    keyless.map((party) => send(textOf(party))),
    keyless,
    { ...PAID, signed: "filled" },
  );
  const { result, verifications } = check(fresh, bytes);
  assert.ok(isRejection(result));
  assert.deepEqual([result.code, verifications], [sdkErrors.tooManySignatures.code, 0]);
});
