import { BaseAccount } from "cosmjs-types/cosmos/auth/v1beta1/auth";
import { QueryAccountRequest, QueryAccountResponse } from "cosmjs-types/cosmos/auth/v1beta1/query";
import { SimulateRequest, SimulateResponse } from "cosmjs-types/cosmos/tx/v1beta1/service";
import { mulDivCeil } from "../../amount.js";
import type { Bytes } from "../../bytes.js";
import { cosmos } from "../../codec/cosmos.js";
import { accountAddress, secp256k1PublicKey } from "../../crypto/secp256k1.js";
import { toBech32 } from "../../crypto/address.js";
import { isRejection, reject, type Rejection } from "../../rejection.js";
import { assembleTx, buildTx, signDirect, type TxFee } from "../../tx/build.js";
import type { AnyMessage } from "../../tx/decode.js";
import type { Client, ClientTx } from "../index.js";
import { consumerErrors } from "./errors.js";
import type { Ports } from "./ports.js";

/** A price of one unit of gas: amount = gas * numerator / denominator, rounded up. */
export interface GasPrice {
  readonly numerator: bigint;
  readonly denominator: bigint;
  readonly denom: string;
}

/** What a wallet is made of. */
export interface WalletParts {
  readonly node: Client;
  readonly chainId: string;
  /** Of addresses, as "trib". */
  readonly prefix: string;
  /** 32 bytes. */
  readonly secretKey: Bytes;
  readonly gasPrice: GasPrice;
  readonly ports: Pick<Ports, "sleep" | "now">;
}

/** A simulation's gas times 1.4, as the command line does. */
const GAS = { numerator: 14n, denominator: 10n };
const POLL_MS = 500;
const WAIT_MS = 60_000;
/** An account's sequence moves when another program uses its key: signed anew so many times. */
const SIGNED_MAX = 3;
const WRONG_SEQUENCE = 32;

const simulateRequest = cosmos(SimulateRequest);
const simulateResponse = cosmos(SimulateResponse);

/** The consumer's account: sends one transaction after another and waits until each is in a block. */
export class Wallet {
  readonly publicKey: Bytes;
  readonly address: string;
  readonly #parts: WalletParts;
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: WalletParts) {
    this.#parts = parts;
    this.publicKey = secp256k1PublicKey(parts.secretKey);
    this.address = toBech32(parts.prefix, accountAddress(this.publicKey));
  }

  /** Resolves once the messages are in a block. Rejects consumer/txRefused with the chain's sentence, or txNotSeen. */
  send(messages: readonly AnyMessage[]): Promise<ClientTx | Rejection> {
    const sent = this.#last.then(() => this.#send(messages));
    this.#last = sent.catch(() => undefined); // Whoever awaits `sent` sees why it failed.
    return sent;
  }

  async #send(messages: readonly AnyMessage[]): Promise<ClientTx | Rejection> {
    const { node } = this.#parts;
    for (let signed = 1; ; signed++) {
      const bytes = await this.#sign(messages);
      if (isRejection(bytes)) return bytes;
      const { code, codespace, log, hash } = await node.broadcastTxSync(bytes);
      if (code === 0) return await this.#seen(hash);
      const isPending = codespace === "sdk" && code === WRONG_SEQUENCE && signed < SIGNED_MAX;
      if (!isPending) return reject(consumerErrors.txRefused, { why: `${log} (${codespace} ${code})` });
    }
  }

  /** Signs with the sequence of now, and gas as simulated. */
  async #sign(messages: readonly AnyMessage[]): Promise<Bytes | Rejection> {
    const { node, chainId, secretKey, gasPrice } = this.#parts;
    const types = [QueryAccountRequest, QueryAccountResponse] as const;
    const { address, publicKey } = this;
    const { account } = await node.cosmosQuery("cosmos.auth.v1beta1.Query/Account", types, { address });
    const { accountNumber, sequence } = BaseAccount.decode(account?.value ?? new Uint8Array(0));
    const unsigned = (fee: TxFee) => buildTx({ messages, memo: "", timeoutHeight: 0n }, fee, [{ publicKey, sequence }]);
    const probe = assembleTx(unsigned({ coins: [], gasLimit: 0n }), [new Uint8Array(0)]);
    const gasUsed = await this.#simulate(probe);
    if (isRejection(gasUsed)) return gasUsed;
    const gasLimit = mulDivCeil(gasUsed, GAS.numerator, GAS.denominator);
    const amount = mulDivCeil(gasLimit, gasPrice.numerator, gasPrice.denominator);
    const coins = amount === 0n ? [] : [{ denom: gasPrice.denom, amount: amount.toString() }];
    const tx = unsigned({ coins, gasLimit });
    return assembleTx(tx, [signDirect(tx, secretKey, chainId, accountNumber)]);
  }

  async #simulate(txBytes: Bytes): Promise<bigint | Rejection> {
    const request = simulateRequest.encode(SimulateRequest.fromPartial({ txBytes }));
    const answer = await this.#parts.node.abciQuery("/cosmos.tx.v1beta1.Service/Simulate", request);
    if (answer.code !== 0) {
      return reject(consumerErrors.txRefused, { why: `${answer.log} (${answer.codespace} ${answer.code})` });
    }
    const decoded = simulateResponse.decode(answer.value);
    return isRejection(decoded) ? decoded : (decoded.gasInfo?.gasUsed ?? 0n);
  }

  async #seen(hash: Bytes): Promise<ClientTx | Rejection> {
    const { node, ports } = this.#parts;
    const never = new AbortController().signal;
    for (const end = ports.now() + WAIT_MS; ports.now() < end; await ports.sleep(POLL_MS, never)) {
      const found = await node.tx(hash);
      if (found === undefined) continue;
      const { code, codespace, log } = found.result;
      return code === 0 ? found : reject(consumerErrors.txRefused, { why: `${log} (${codespace} ${code})` });
    }
    return reject(consumerErrors.txNotSeen, { seconds: WAIT_MS / 1_000, fix: "it may still be included" });
  }
}
