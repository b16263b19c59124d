import type { ModeInfo } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { MultiSignature, type CompactBitArray } from "cosmjs-types/cosmos/crypto/multisig/v1beta1/multisig";
import { parseAmount } from "#proto/amount.js";
import { equalBytes, toHex, type Bytes } from "#proto/bytes.js";
import { cosmos } from "#proto/codec/cosmos.js";
import { sha256 } from "#proto/crypto/hash.js";
import { verifySecp256k1 } from "#proto/crypto/secp256k1.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import type { SignerKey, Tx } from "#proto/tx/decode.js";
import { sdkErrors } from "#proto/tx/errors.js";
import { keyAddress } from "#proto/tx/keys.js";
import { aminoSignBytes, directSignBytes, SIGN_MODE_AMINO, SIGN_MODE_DIRECT } from "#proto/tx/sign-doc.js";
import type { Context } from "./context.js";
import { GAS, type Gas } from "./gas.js";
import { moduleAccounts } from "./module-accounts.js";
import { accountKey, accountOf, recordSignature } from "./modules/auth/index.js";
import { move } from "./modules/bank/index.js";
import { chainConfig } from "./modules/chain/index.js";
import { readMessages, type ReadMessage } from "./registry.js";

const multiSignature = cosmos(MultiSignature);

/** `full` executes; `simulate` estimates gas for a tx that nobody has signed yet. */
export type AnteMode = "full" | "simulate";

export interface Admitted {
  readonly messages: readonly ReadMessage[];
  readonly feePayer: Bytes;
  /** Base units of the fee denomination; 0 when no fee is offered. */
  readonly fee: bigint;
}

/**
 * May this tx run? Timeout, messages, signers, fee, then sequence and signature of each signer. On success the fee is
 * taken and the sequences are used up; on a rejection the caller rolls back.
 */
export function admit(context: Context, tx: Tx, gas: Gas, mode: AnteMode): Admitted | Rejection {
  gas.consume(GAS.perTxByte * BigInt(tx.bytes.length));
  if (tx.timeoutHeight !== 0n && context.block.height > tx.timeoutHeight) {
    return reject(sdkErrors.txTimeoutHeight, { height: context.block.height, timeout_height: tx.timeoutHeight });
  }
  const messages = readMessages(tx);
  if (isRejection(messages)) return messages;
  const signers = requiredSigners(context, messages);
  if (isRejection(signers)) return signers;
  const fee = feeAmount(context, tx);
  if (isRejection(fee)) return fee;
  const feePayer = signers[0]!;
  // Whoever simulates offers no fee yet; one unit stands for it, so that taking it is in the estimate.
  const paid = payFee(context, tx, feePayer, mode === "simulate" && fee === 0n ? 1n : fee);
  if (paid !== undefined) return paid;
  const refused = checkSignatures(context, tx, messages, signers, gas, mode);
  if (refused !== undefined) return refused;
  return { messages, feePayer, fee };
}

/** Everybody whose signature the messages need, each once, in the order of appearance. */
function requiredSigners(context: Context, messages: readonly ReadMessage[]): Bytes[] | Rejection {
  const signers: Bytes[] = [];
  for (const { row, value } of messages) {
    for (const text of row.signers(value)) {
      const address = context.address.parse(text);
      if (address === undefined) return reject(sdkErrors.invalidAddress, { signer: text });
      if (!signers.some((known) => equalBytes(known, address))) signers.push(address);
    }
  }
  if (signers.length === 0) return reject(sdkErrors.noSignatures, { why: "no message names a signer" });
  return signers;
}

function feeAmount(context: Context, tx: Tx): bigint | Rejection {
  const { feeDenom } = chainConfig(context.view);
  const [coin] = tx.fee.coins;
  if (coin === undefined) return 0n;
  const amount = parseAmount(coin.amount);
  if (tx.fee.coins.length > 1 || coin.denom !== feeDenom || amount === undefined) {
    return reject(sdkErrors.insufficientFee, { fee: `one amount in ${feeDenom}` });
  }
  return amount;
}

function payFee(context: Context, tx: Tx, payer: Bytes, fee: bigint): Rejection | undefined {
  const { payer: named, granter } = tx.fee;
  if (granter !== "")
    return reject(sdkErrors.notSupported, { fee_granter: "the feegrant module is not active on this chain" });
  if (named !== "" && named !== context.address.format(payer)) {
    return reject(sdkErrors.notSupported, { fee_payer: "the first signer pays the fee" });
  }
  const refused = move(context, payer, moduleAccounts.feeCollector, chainConfig(context.view).feeDenom, fee);
  if (refused !== undefined) return refused;
  context.emit("tx", {
    fee: fee === 0n ? "" : `${fee}${chainConfig(context.view).feeDenom}`,
    fee_payer: context.address.format(payer),
  });
  return undefined;
}

function checkSignatures(
  context: Context,
  tx: Tx,
  messages: readonly ReadMessage[],
  signers: readonly Bytes[],
  gas: Gas,
  mode: AnteMode,
): Rejection | undefined {
  if (tx.signers.length !== signers.length || tx.signatures.length !== signers.length) {
    return reject(sdkErrors.unauthorized, {
      signers: signers.length,
      signer_infos: tx.signers.length,
      signatures: tx.signatures.length,
    });
  }
  for (const [i, address] of signers.entries()) {
    const info = tx.signers[i]!;
    const signature = tx.signatures[i]!;
    const text = context.address.format(address);
    const account = accountOf(context.view, address);
    if (account === undefined)
      return reject(sdkErrors.unknownAddress, { account: text, why: "it has received nothing yet" });
    const key = info.key ?? accountKey(account);
    if (key === undefined && mode === "full")
      return reject(sdkErrors.invalidPubKey, { account: text, why: "the first tx names the key" });
    if (key !== undefined && !equalBytes(keyAddress(key), address))
      return reject(sdkErrors.invalidPubKey, { account: text });
    if (info.sequence !== account.sequence) {
      return reject(sdkErrors.wrongSequence, {
        log: `account sequence mismatch, expected ${account.sequence}, got ${info.sequence}: incorrect account sequence`,
      });
    }
    gas.consume(GAS.perSecp256k1Signature * BigInt(key?.kind === "multisig" ? key.threshold : 1));
    if (mode === "full") {
      const signed = signBytes(context, tx, messages, account.number, account.sequence);
      if (!verify(key!, info.modeInfo, signature, signed)) {
        return reject(sdkErrors.unauthorized, {
          log: `signature verification failed; verify correct account sequence (${account.sequence}), account number (${account.number}) and chain-id (${context.block.chainId}): unauthorized`,
        });
      }
    }
    recordSignature(context.view, address, account, key ?? { kind: "secp256k1", key: new Uint8Array(33) });
    context.emit("tx", { acc_seq: `${text}/${account.sequence}` });
    context.emit("tx", { signature: toHex(signature) });
  }
  return undefined;
}

type SignBytes = (mode: number) => Bytes | undefined;

/** The bytes behind a sign mode; undefined for a mode that is not accepted. */
function signBytes(
  context: Context,
  tx: Tx,
  messages: readonly ReadMessage[],
  number: bigint,
  sequence: bigint,
): SignBytes {
  const { chainId } = context.block;
  const modes: Readonly<Record<number, () => Bytes>> = {
    [SIGN_MODE_DIRECT]: () => directSignBytes(tx, chainId, number),
    [SIGN_MODE_AMINO]: () =>
      aminoSignBytes(
        tx,
        messages.map(({ row, value }) => row.amino(value)),
        chainId,
        number,
        sequence,
      ),
  };
  return (mode) => modes[mode]?.();
}

function verify(key: SignerKey, modeInfo: ModeInfo | undefined, signature: Bytes, signed: SignBytes): boolean {
  if (key.kind === "secp256k1") {
    const bytes = modeInfo?.single === undefined ? undefined : signed(modeInfo.single.mode);
    return bytes !== undefined && verifySecp256k1(signature, sha256(bytes), key.key);
  }
  return verifyThreshold(key, modeInfo, signature, signed);
}

/** At least `threshold` of the keys marked in the bit array signed, in the order of the keys; inner modes are single. */
function verifyThreshold(
  key: Extract<SignerKey, { kind: "multisig" }>,
  modeInfo: ModeInfo | undefined,
  signature: Bytes,
  signed: SignBytes,
): boolean {
  const multi = modeInfo?.multi;
  const marked = multi?.bitarray === undefined ? undefined : markedBits(multi.bitarray, key.keys.length);
  const inner = multiSignature.decode(signature);
  if (multi === undefined || marked === undefined || isRejection(inner)) return false;
  if (
    marked.length < key.threshold ||
    inner.signatures.length !== marked.length ||
    multi.modeInfos.length !== marked.length
  )
    return false;
  return marked.every((at, i) => {
    const mode = multi.modeInfos[i]!.single?.mode;
    const bytes = mode === undefined ? undefined : signed(mode);
    return bytes !== undefined && verifySecp256k1(inner.signatures[i]!, sha256(bytes), key.keys[at]!);
  });
}

/** Indexes of the set bits; undefined when the array's two lengths disagree (hostile input 17). */
function markedBits({ extraBitsStored, elems }: CompactBitArray, size: number): number[] | undefined {
  const bits = extraBitsStored === 0 ? elems.length * 8 : (elems.length - 1) * 8 + extraBitsStored;
  if (extraBitsStored > 7 || bits !== size) return undefined;
  const marked: number[] = [];
  for (let i = 0; i < size; i++) if ((elems[i >> 3]! >> (7 - (i & 7))) & 1) marked.push(i);
  return marked;
}
