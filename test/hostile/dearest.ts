import { MultiSignature } from "cosmjs-types/cosmos/crypto/multisig/v1beta1/multisig";
import { AuthInfo, TxBody, TxRaw, type SignerInfo } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { utf8, type Bytes } from "#proto/bytes.js";
import { toBech32 } from "#proto/crypto/address.js";
import { sha256 } from "#proto/crypto/hash.js";
import { SIGNERS_PER_TX_MAX } from "#proto/limits.js";
import { secp256k1PublicKey, signSecp256k1 } from "#proto/crypto/secp256k1.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import { bankSend } from "#proto/tx/build.js";
import { decodeTx, encodeKey, type SignerKey } from "#proto/tx/decode.js";
import { keyAddress } from "#proto/tx/keys.js";
import { aminoDocument, SIGN_MODE_AMINO } from "#proto/tx/sign-doc.js";
import { readMessages } from "#state/registry.js";

/** As many signatures as a transaction can ask for, each behind a threshold and over a document of its own. */
const SIGNERS = SIGNERS_PER_TX_MAX;
const KEYS = 1;
const PREFIX = "trib";
/** Of one message: together they fill a transaction of about 105 kB. */
const COINS_PER_MESSAGE = 80;
const TX_BYTES_MAX = 131_072;

const secretKeys = (signer: number): Bytes[] =>
  Array.from({ length: KEYS }, (_, key) => sha256(utf8(`hostile multisig ${signer} ${key}`)));

function keyOf(signer: number): SignerKey {
  return { kind: "multisig", threshold: 1, keys: secretKeys(signer).map(secp256k1PublicKey) };
}

/** Addresses that the genesis of a hostile net must know, in this order. */
export function multisigAddresses(): Bytes[] {
  return Array.from({ length: SIGNERS }, (_, signer) => keyAddress(keyOf(signer)));
}

/**
 * A transaction whose every signature is right but the last, so that it is refused after all of them.
 * @param firstNumber account number of the first multisig
 */
export function dearestRefused(chainId: string, firstNumber: number): (last: Bytes) => Bytes {
  const addresses = multisigAddresses().map((address) => toBech32(PREFIX, address));
  const coins = Array.from({ length: COINS_PER_MESSAGE }, (_, i) => ({
    denom: `d${String(i).padStart(3, "0")}${"x".repeat(56)}`,
    amount: "1",
  }));
  const bodyBytes = TxBody.encode(
    TxBody.fromPartial({ messages: addresses.map((address) => bankSend(address, address, coins)) }),
  ).finish();
  const authInfoBytes = AuthInfo.encode(
    AuthInfo.fromPartial({
      signerInfos: Array.from({ length: SIGNERS }, (_, signer) => signerInfo(keyOf(signer))),
      fee: { amount: [{ denom: "utrib", amount: "250000" }], gasLimit: 100_000_000n },
    }),
  ).finish();
  const unsigned = TxRaw.encode(TxRaw.fromPartial({ bodyBytes, authInfoBytes, signatures: [] })).finish();
  const tx = decodeTx(unsigned, TX_BYTES_MAX);
  if (isRejection(tx)) throw new Error(`the dearest transaction: ${rejectionText(tx)}`);
  const messages = readMessages(tx);
  if (isRejection(messages)) throw new Error(`its messages: ${rejectionText(messages)}`);
  const form = messages.map(({ row, value }) => row.amino(value));
  const document = aminoDocument(tx, form, chainId);
  const digests = addresses.map((_, i) => sha256(document(BigInt(firstNumber + i), 0n)));
  const signatures = digests.map((digest, signer) => secretKeys(signer).map((key) => signSecp256k1(digest, key)));
  return (last) => {
    const all = signatures.map((list, i) => (i === SIGNERS - 1 ? [...list.slice(0, -1), last] : list));
    const encoded = all.map((list) => MultiSignature.encode({ signatures: list }).finish());
    return TxRaw.encode(TxRaw.fromPartial({ bodyBytes, authInfoBytes, signatures: encoded })).finish();
  };
}

function signerInfo(key: SignerKey): SignerInfo {
  const single = { single: { mode: SIGN_MODE_AMINO } };
  const bitarray = { extraBitsStored: KEYS, elems: Uint8Array.of(0xff) };
  const modeInfo = { multi: { bitarray, modeInfos: Array.from({ length: KEYS }, () => single) } };
  return AuthInfo.fromPartial({ signerInfos: [{ publicKey: encodeKey(key), modeInfo, sequence: 0n }] }).signerInfos[0]!;
}
