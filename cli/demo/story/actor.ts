import { TxMsgData } from "cosmjs-types/cosmos/base/abci/v1beta1/abci";
import { message, type MessageName, type Messages } from "#proto/codec/message.js";
import { toBech32 } from "#proto/crypto/address.js";
import { isRejection } from "#proto/rejection.js";
import type { Client, ClientTx } from "#proto/client/index.js";
import { assembleTx, buildTx, signDirect, type TxFee } from "#proto/tx/build.js";
import type { AnyMessage } from "#proto/tx/decode.js";
import type { DevelopmentKey } from "../../dev/guard.js";
import { EXIT } from "../../exit.js";
import { CliFault } from "../../fault.js";
import { fetchAccount } from "../../tx/account.js";
import { adjustedGas, feeFor, parseGasPrice } from "../../tx/fee.js";
import { isWrongSequence, Refused } from "../../tx/refusal.js";
import { hashText, rejected, waitForTx } from "../../tx/session.js";
import { simulate } from "../../tx/simulate.js";
import type { World } from "../../world.js";

const GAS_ADJUSTMENT = 1.5;
const GAS_PRICE = "0.0025";
const ATTEMPTS = 4;
const BETWEEN_MS = 1_000;
const TIMEOUT_S = 60;

/** A person of the story with an account of the chain. Sends one transaction after the other. */
export class Actor {
  readonly name: string;
  readonly address: string;
  readonly key: DevelopmentKey;
  readonly #node: Client;
  readonly #chainId: string;
  readonly #world: World;
  #account: { readonly number: bigint; sequence: bigint } | undefined;

  constructor(key: DevelopmentKey, node: Client, chainId: string, world: World) {
    this.name = key.name;
    this.address = toBech32(world.terms.prefix, key.address);
    this.key = key;
    this.#node = node;
    this.#chainId = chainId;
    this.#world = world;
  }

  /** Simulates, signs, sends and waits for the block. @throws CliFault(reverted) when it failed there */
  async send(...messages: readonly AnyMessage[]): Promise<ClientTx> {
    for (let left = ATTEMPTS; ; left--) {
      try {
        return await this.#sendOnce(messages);
      } catch (error) {
        if (left === 1 || !(error instanceof Refused && isWrongSequence(error.refusal))) throw error;
        this.#account = undefined; // Another transaction of the key came first: the chain knows the next sequence.
        await this.#world.system.sleep(BETWEEN_MS);
      }
    }
  }

  async #sendOnce(messages: readonly AnyMessage[]): Promise<ClientTx> {
    const account = await this.#state();
    const probe = this.#unsigned(messages, { coins: [], gasLimit: 0n }, account.sequence);
    const used = await simulate(this.#node, assembleTx(probe, [new Uint8Array(0)]));
    const tx = await this.attempt(adjustedGas(used, GAS_ADJUSTMENT), ...messages);
    const { code, codespace, log } = tx.result;
    if (code === 0) return tx;
    throw new CliFault(
      "reverted",
      `${this.name}'s transaction failed in block ${tx.height}: ${log} (${codespace} ${code})`,
      {
        exit: EXIT.reverted,
      },
    );
  }

  /** The same with a gas limit of the caller's, without a simulation; a failure in the block is an answer. */
  async attempt(gasLimit: bigint, ...messages: readonly AnyMessage[]): Promise<ClientTx> {
    const account = await this.#state();
    const { denom } = this.#world.terms;
    const coin = feeFor(gasLimit, parseGasPrice(`${GAS_PRICE}${denom}`));
    const fee: TxFee = { coins: [{ denom, amount: coin.amount.toString() }], gasLimit };
    const unsigned = this.#unsigned(messages, fee, account.sequence);
    const bytes = assembleTx(unsigned, [signDirect(unsigned, this.key.secretKey, this.#chainId, account.number)]);
    const answer = await this.#node.broadcastTxSync(bytes);
    if (answer.code !== 0) throw rejected(answer);
    account.sequence++;
    return await waitForTx(this.#node, hashText(bytes), TIMEOUT_S, this.#world);
  }

  async #state(): Promise<{ readonly number: bigint; sequence: bigint }> {
    this.#account ??= await fetchAccount(this.#node, this.address);
    return this.#account;
  }

  #unsigned(messages: readonly AnyMessage[], fee: TxFee, sequence: bigint) {
    const body = { messages, memo: "", timeoutHeight: 0n };
    return buildTx(body, fee, [{ publicKey: this.key.publicKey, sequence }]);
  }
}

/** The chain's response to message `index` of a transaction. */
export function responseOf<N extends MessageName>({ result }: ClientTx, name: N, index = 0): Messages[N] {
  const response = TxMsgData.decode(result.data).msgResponses[index];
  const value = response?.typeUrl === `/${name}` ? message(name).decode(response.value) : undefined;
  if (value !== undefined && !isRejection(value)) return value;
  throw new CliFault(
    "bad_answer",
    `message ${index} was answered with ${response?.typeUrl ?? "nothing"}, not ${name}`,
    {
      exit: EXIT.unreachable,
    },
  );
}
