import { parseAmount } from "#proto/amount.js";
import { equalBytes, toHex, type Bytes } from "#proto/bytes.js";
import { SIGNERS_PER_TX_MAX } from "#proto/limits.js";
import { isRejection, lasting, reject, type Rejection } from "#proto/rejection.js";
import { keyCount, type SignerInfo, type SignerKey, type Tx } from "#proto/tx/decode.js";
import { sdkErrors } from "#proto/tx/errors.js";
import { keyAddress } from "#proto/tx/keys.js";
import { SIGN_MODE_AMINO, SIGN_MODE_DIRECT } from "#proto/tx/sign-doc.js";
import type { Context } from "./context.js";
import { GAS, type Gas } from "./gas.js";
import { moduleAccounts } from "./module-accounts.js";
import { accountKey, accountOf, recordSignature, type Account } from "./modules/auth/index.js";
import { move } from "./modules/bank/index.js";
import { chainConfig } from "./modules/chain/index.js";
import { readMessages, type ReadMessage } from "./registry.js";
import { areTrue, claimsOf, digestsOf, type Claim } from "./signatures.js";

/** `full` executes; `simulate` estimates the gas of an unsigned transaction. */
export type AnteMode = "full" | "simulate";

/** An admitted transaction. */
export interface Admitted {
  readonly messages: readonly ReadMessage[];
  readonly feePayer: Bytes;
  /** Base units of the fee denomination; 0 when no fee is offered. */
  readonly fee: bigint;
}

/**
 * Decides whether a tx may run. It checks the bytes, then the accounts, takes the fee, and only then verifies signatures:
 * work is paid for before it is done. On success the sequences are used up; on a rejection the caller rolls back. The README
 * has the cost and bound of each step.
 * @param feeMin what must be offered, in base units of the fee denomination; in a block nothing must be
 */
export function admit(context: Context, tx: Tx, gas: Gas, mode: AnteMode, feeMin = 0n): Admitted | Rejection {
  gas.consume(GAS.perTxByte * BigInt(tx.bytes.length));
  const screened = screen(context, tx, mode, feeMin);
  if (isRejection(screened)) return lasting(screened);
  const { messages, signers, fee } = screened;
  const parties = partiesOf(context, tx, signers, mode);
  if (isRejection(parties)) return parties;
  payForSignatures(tx, parties, gas);
  const feePayer = signers[0]!;
  // A simulated transaction has no fee yet; one unit stands for it, so that the estimate includes taking it.
  const paid = payFee(context, feePayer, mode === "simulate" && fee === 0n ? 1n : fee);
  if (paid !== undefined) return paid;
  const refused = mode === "full" ? checkSignatures(context, tx, messages, parties) : undefined;
  if (refused !== undefined) return lasting(refused);
  for (const [i, party] of parties.entries()) useSequence(context, party, tx.signatures[i]!);
  return { messages, feePayer, fee };
}

interface Screened {
  readonly messages: readonly ReadMessage[];
  readonly signers: readonly Bytes[];
  readonly fee: bigint;
}

/** Checks that depend only on the bytes, the height, and what the chain never changes: a rejection here is lasting. */
function screen(context: Context, tx: Tx, mode: AnteMode, feeMin: bigint): Screened | Rejection {
  if (tx.timeoutHeight !== 0n && context.block.height > tx.timeoutHeight) {
    return reject(sdkErrors.txTimeoutHeight, { height: context.block.height, timeout_height: tx.timeoutHeight });
  }
  const fee = offeredFee(context, tx, feeMin);
  if (isRejection(fee)) return fee;
  const messages = readMessages(tx, (fields) => {
    context.charge(GAS.perField * BigInt(Math.max(0, fields - GAS.freeFields)));
  });
  if (isRejection(messages)) return messages;
  const signers = requiredSigners(context, messages);
  if (isRejection(signers)) return signers;
  const payer = payerProblem(context, tx, signers[0]!);
  if (payer !== undefined) return payer;
  if (tx.signers.length !== signers.length || tx.signatures.length !== signers.length) {
    return reject(sdkErrors.unauthorized, {
      signers: signers.length,
      signer_infos: tx.signers.length,
      signatures: tx.signatures.length,
    });
  }
  for (const [i, address] of signers.entries()) {
    const { key, modeInfo } = tx.signers[i]!;
    if (key === undefined) continue;
    if (!equalBytes(keyAddress(key), address)) {
      return reject(sdkErrors.invalidPubKey, { account: context.address.format(address) });
    }
    if (mode === "full" && claimsOf(key, modeInfo, tx.signatures[i]!) === undefined) return unfitting(i);
  }
  return { messages, signers, fee };
}

const unfitting = (signer: number): Rejection =>
  reject(sdkErrors.unauthorized, {
    field: `signer_infos[${signer}]`,
    want: "sign modes (direct or amino), bits and signatures that fit the key, and as many as its threshold asks for",
  });

/** The required signers, each once, in order of appearance. Stops at the maximum number. */
function requiredSigners(context: Context, messages: readonly ReadMessage[]): Bytes[] | Rejection {
  const signers = new Map<string, Bytes>();
  for (const { row, value } of messages) {
    for (const text of row.signers(value)) {
      if (signers.has(text)) continue; // An address has one text.
      if (signers.size === SIGNERS_PER_TX_MAX) return reject(sdkErrors.tooManySignatures, { max: SIGNERS_PER_TX_MAX });
      const address = context.address.parse(text);
      if (address === undefined) return reject(sdkErrors.invalidAddress, { signer: text });
      signers.set(text, address);
    }
  }
  if (signers.size === 0) return reject(sdkErrors.noSignatures, { why: "no message names a signer" });
  return [...signers.values()];
}

function offeredFee(context: Context, tx: Tx, feeMin: bigint): bigint | Rejection {
  const { feeDenom } = chainConfig(context.view);
  const [coin] = tx.fee.coins;
  const amount = coin === undefined ? 0n : parseAmount(coin.amount);
  if (tx.fee.coins.length > 1 || (coin !== undefined && coin.denom !== feeDenom) || amount === undefined) {
    return reject(sdkErrors.insufficientFee, { fee: `one amount in ${feeDenom}` });
  }
  if (amount >= feeMin) return amount;
  return reject(sdkErrors.insufficientFee, {
    log: `insufficient fees; got: ${amount}${feeDenom} required: ${feeMin}${feeDenom}: insufficient fee`,
  });
}

function payerProblem(context: Context, tx: Tx, payer: Bytes): Rejection | undefined {
  const { payer: named, granter } = tx.fee;
  if (granter !== "") {
    return reject(sdkErrors.notSupported, { fee_granter: "the feegrant module is not active on this chain" });
  }
  if (named !== "" && named !== context.address.format(payer)) {
    return reject(sdkErrors.notSupported, { fee_payer: "the first signer pays the fee" });
  }
  return undefined;
}

/** A signer with its account, at the sequence that it signs, and what there is to verify of it. */
interface Party {
  readonly address: Bytes;
  readonly text: string;
  readonly account: Account;
  /** Undefined in a simulation of an account's first tx. */
  readonly key: SignerKey | undefined;
  /** Empty in a simulation, which is unsigned. */
  readonly claims: readonly Claim[];
}

/** Checks accounts and sequences: a later state may accept what these reject. */
function partiesOf(context: Context, tx: Tx, signers: readonly Bytes[], mode: AnteMode): Party[] | Rejection {
  const parties: Party[] = [];
  let keys = 0;
  for (const [i, address] of signers.entries()) {
    const { key: given, modeInfo, sequence } = tx.signers[i]!;
    const text = context.address.format(address);
    const account = accountOf(context.view, address);
    if (account === undefined) {
      return reject(sdkErrors.unknownAddress, { account: text, why: "it has received nothing yet" });
    }
    if (sequence !== account.sequence) {
      return reject(sdkErrors.wrongSequence, {
        log: `account sequence mismatch, expected ${account.sequence}, got ${sequence}: incorrect account sequence`,
      });
    }
    const key = given ?? accountKey(account);
    if (key === undefined && mode === "full") {
      return reject(sdkErrors.invalidPubKey, { account: text, why: "the first tx names the key" });
    }
    keys += keyCount(key);
    if (keys > SIGNERS_PER_TX_MAX) return lasting(reject(sdkErrors.tooManySignatures, { max: SIGNERS_PER_TX_MAX }));
    const claims = key === undefined || mode === "simulate" ? [] : claimsOf(key, modeInfo, tx.signatures[i]!);
    if (claims === undefined) return lasting(unfitting(i));
    parties.push({ address, text, account, key, claims });
  }
  return parties;
}

/**
 * Every signature that will be verified, and every document that is made for it: the first direct one is the bytes that are
 * paid already. Who simulates has not signed yet: as many keys as must sign stand for those who will, and unless it says
 * that it will sign directly, the dearer form.
 */
function payForSignatures(tx: Tx, parties: readonly Party[], gas: Gas): void {
  let [signatures, documents] = [0, 0];
  const used = new Set<number>();
  for (const [i, { key, claims }] of parties.entries()) {
    signatures += claims.length > 0 ? claims.length : key?.kind === "multisig" ? key.threshold : 1;
    const modes = claims.length > 0 ? claims.map(({ mode }) => mode) : [simulatedMode(tx.signers[i]!)];
    for (const mode of new Set(modes)) {
      if (mode !== SIGN_MODE_DIRECT || used.has(mode)) documents++;
      used.add(mode);
    }
  }
  gas.consume(GAS.perSecp256k1Signature * BigInt(signatures) + GAS.perFurtherSignature * BigInt(signatures - 1));
  const bytes = BigInt(tx.bytes.length);
  if (used.has(SIGN_MODE_AMINO)) gas.consume(GAS.perAminoByte * bytes);
  gas.consume(GAS.perSignedByte * bytes * BigInt(documents));
}

const simulatedMode = ({ modeInfo }: SignerInfo): number =>
  modeInfo?.single?.mode === SIGN_MODE_DIRECT ? SIGN_MODE_DIRECT : SIGN_MODE_AMINO;

function payFee(context: Context, payer: Bytes, fee: bigint): Rejection | undefined {
  const { feeDenom } = chainConfig(context.view);
  const refused = move(context, payer, moduleAccounts.feeCollector, feeDenom, fee);
  if (refused !== undefined) return refused;
  context.emit("tx", { fee: fee === 0n ? "" : `${fee}${feeDenom}`, fee_payer: context.address.format(payer) });
  return undefined;
}

/** Verifies signatures under known keys, numbers and sequences: a rejection here is lasting. */
function checkSignatures(
  context: Context,
  tx: Tx,
  messages: readonly ReadMessage[],
  parties: readonly Party[],
): Rejection | undefined {
  const digests = digestsOf(tx, messages, context.block.chainId);
  for (const { account, claims } of parties) {
    const { number, sequence } = account;
    if (areTrue(claims, (mode) => digests(mode, number, sequence))) continue;
    return reject(sdkErrors.unauthorized, {
      log: `signature verification failed; verify correct account sequence (${sequence}), account number (${number}) and chain-id (${context.block.chainId}): unauthorized`,
    });
  }
  return undefined;
}

function useSequence(context: Context, { address, text, account, key }: Party, signature: Bytes): void {
  // The fee may have changed nothing of an account, so what was read before still stands.
  recordSignature(context.view, address, account, key ?? { kind: "secp256k1", key: new Uint8Array(33) });
  context.emit("tx", { acc_seq: `${text}/${account.sequence}` });
  context.emit("tx", { signature: toHex(signature) });
}
