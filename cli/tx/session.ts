import { toHex, type Bytes } from "#proto/bytes.js";
import { toBech32 } from "#proto/crypto/address.js";
import type { Client, ClientTx } from "#proto/client/index.js";
import { assembleTx, buildTx, signDirect, txHash, type TxFee } from "#proto/tx/build.js";
import type { AnyMessage } from "#proto/tx/decode.js";
import { connect, shownNode } from "../client.js";
import { formatCoin, parseCoin, type Coin } from "../coins.js";
import { refuseDevelopmentKey } from "../dev/guard.js";
import { EXIT } from "../exit.js";
import { CliFault, usage } from "../fault.js";
import type { KeyInfo } from "../keyring/keyring.js";
import { openKeyring } from "../keyring/open.js";
import { resolveKey } from "../keyring/resolve.js";
import type { World } from "../world.js";
import { fetchAccount } from "./account.js";
import { adjustedGas, feeFor, parseGasPrice } from "./fee.js";
import type { TxValues } from "./options.js";
import { expectedSequence, isWrongSequence, Refused } from "./refusal.js";
import { simulate } from "./simulate.js";

const POLL_MS = 250;
/** Each block may move the sequence. */
const SIMULATIONS_MAX = 4;

export interface Prepared {
  readonly messages: readonly AnyMessage[];
  readonly fee: TxFee;
  readonly memo: string;
}

export interface Sent {
  /** Upper-case hex, as every tool shows it. */
  readonly hash: string;
  readonly bytes: Bytes;
}

/**
 * One signer at one node. It keeps count of its own sequence, so that several transactions can follow each other before
 * the first is in a block; a sequence that the node refuses is fetched once more and the tx signed anew.
 */
export class TxSession {
  readonly node: Client;
  readonly chainId: string;
  readonly key: KeyInfo;
  readonly address: string;
  readonly #values: TxValues;
  readonly #world: World;
  readonly #secretKey: () => Promise<Bytes>;
  #number: bigint;
  #sequence: bigint;

  private constructor(given: {
    node: Client;
    chainId: string;
    key: KeyInfo;
    values: TxValues;
    world: World;
    secretKey: () => Promise<Bytes>;
    number: bigint;
    sequence: bigint;
  }) {
    this.node = given.node;
    this.chainId = given.chainId;
    this.key = given.key;
    this.address = toBech32(given.world.terms.prefix, given.key.address);
    this.#values = given.values;
    this.#world = given.world;
    this.#secretKey = given.secretKey;
    this.#number = given.number;
    this.#sequence = given.sequence;
  }

  /** Finds the key, the chain's id and the account's state. @throws CliFault */
  static async open(values: TxValues, world: World, from = values.from): Promise<TxSession> {
    if (from === undefined) throw usage("--from is required: the key that signs", "tribd keys list shows the names");
    const keyring = openKeyring(values, world);
    const key = resolveKey(from, keyring, world.terms);
    const node = connect(values, world);
    const chainId = await chainIdOf(values, node);
    refuseDevelopmentKey(key.address, chainId);
    const address = toBech32(world.terms.prefix, key.address);
    const { number, sequence } = await accountOf(values, node, address);
    let secret: Promise<Bytes> | undefined;
    const secretKey = (): Promise<Bytes> => (secret ??= keyring.secretKey(key.name));
    return new TxSession({ node, chainId, key, values, world, secretKey, number, sequence });
  }

  /** For what else than a transaction the signer derives from its key. */
  async secretKey(): Promise<Bytes> {
    return await this.#secretKey();
  }

  get accountNumber(): bigint {
    return this.#number;
  }

  get sequence(): bigint {
    return this.#sequence;
  }

  /** Gas by simulation unless it was given, and the fee that follows from it. */
  async prepare(messages: readonly AnyMessage[]): Promise<Prepared> {
    const { gas, gasAdjustment, fees, gasPrices, note, memo } = this.#values;
    const text = note ?? memo ?? "";
    const gasLimit = gas === "auto" ? adjustedGas(await this.#simulate(messages, text), gasAdjustment) : gas;
    const coin: Coin =
      fees === undefined ? feeFor(gasLimit, parseGasPrice(gasPrices)) : parseCoin(fees, this.#world.terms);
    this.#world.out.note(`gas ${gasLimit}, fee ${formatCoin(coin, this.#world.terms)}`);
    const coins = coin.amount === 0n ? [] : [{ denom: coin.denom, amount: coin.amount.toString() }];
    return { messages, memo: text, fee: { coins, gasLimit } };
  }

  /** A node simulates on its last block: while others of this key wait for theirs, at the sequence of that block. */
  async #simulate(messages: readonly AnyMessage[], memo: string): Promise<bigint> {
    let sequence = this.#sequence;
    for (let left = SIMULATIONS_MAX; ; left--) {
      const probe = this.#unsigned({ messages, memo, fee: { coins: [], gasLimit: 0n } }, sequence);
      try {
        return await simulate(this.node, assembleTx(probe, [new Uint8Array(0)]));
      } catch (error) {
        const isBehind = error instanceof Refused && isWrongSequence(error.refusal) && left > 1;
        const expected = isBehind ? expectedSequence(error.refusal.log) : undefined;
        if (expected === undefined) throw error;
        sequence = expected;
      }
    }
  }

  /** The transaction without a signature. */
  unsigned(prepared: Prepared): Bytes {
    return assembleTx(this.#unsigned(prepared), []);
  }

  /** @returns the bytes to broadcast */
  async sign(prepared: Prepared): Promise<Bytes> {
    const unsigned = this.#unsigned(prepared);
    return assembleTx(unsigned, [signDirect(unsigned, await this.#secretKey(), this.chainId, this.#number)]);
  }

  /** Signs and hands over to the mempool; the hash is said before the node is asked. @throws CliFault(rejected) */
  async send(prepared: Prepared): Promise<Sent> {
    const first = await this.sign(prepared);
    const refused = await this.#broadcast(first);
    if (refused === undefined) return { hash: hashText(first), bytes: first };
    if (!isWrongSequence(refused)) throw rejected(refused);
    this.#sequence = expectedSequence(refused.log) ?? (await fetchAccount(this.node, this.address)).sequence;
    this.#world.out.note(`another tx from this key is pending; signing again with sequence ${this.#sequence}`);
    const second = await this.sign(prepared);
    const again = await this.#broadcast(second);
    if (again !== undefined) throw rejected(again);
    return { hash: hashText(second), bytes: second };
  }

  /** Polls until the tx is in a block. @throws CliFault(timeout), exit 4, with the command that goes on waiting */
  async wait(hash: string): Promise<ClientTx> {
    return await waitForTx(this.node, hash, this.#values.timeoutSeconds, this.#world);
  }

  #unsigned({ messages, memo, fee }: Prepared, sequence = this.#sequence) {
    const body = { messages, memo, timeoutHeight: this.#values.timeoutHeight };
    return buildTx(body, fee, [{ publicKey: this.key.publicKey, sequence }]);
  }

  async #broadcast(bytes: Bytes) {
    this.#world.out.note(`tx ${hashText(bytes)}`);
    const answer =
      this.#values.broadcastMode === "async"
        ? await this.node.call("broadcast_tx_async", { tx: bytes })
        : await this.node.broadcastTxSync(bytes);
    if (answer.code !== 0) return { code: answer.code, codespace: answer.codespace, log: answer.log };
    this.#sequence++;
    return undefined;
  }
}

export function hashText(bytes: Bytes): string {
  return toHex(txHash(bytes)).toUpperCase();
}

export function rejected(refusal: Refused["refusal"]): Refused {
  return new Refused("rejected", EXIT.rejected, "the node refused the transaction", refusal);
}

export async function waitForTx(node: Client, hash: string, timeoutSeconds: number, world: World): Promise<ClientTx> {
  const bytes = Uint8Array.from(Buffer.from(hash, "hex"));
  const end = world.system.now() + timeoutSeconds * 1000;
  for (;;) {
    const found = await node.tx(bytes);
    if (found !== undefined) return found;
    if (world.system.now() >= end) {
      throw new CliFault(
        "wait_timeout",
        `tx ${hash} is in no block after ${timeoutSeconds} s; it may still be included`,
        { exit: EXIT.unreachable, fix: `tribd query wait-tx ${hash}` },
      );
    }
    await world.system.sleep(POLL_MS);
  }
}

async function chainIdOf(values: TxValues, node: Client): Promise<string> {
  if (values.offline) {
    if (values.chainId === undefined) throw usage("--offline needs --chain-id");
    return values.chainId;
  }
  const { chainId } = await node.status();
  if (values.chainId === undefined || values.chainId === chainId) return chainId;
  throw usage(
    `--chain-id is ${values.chainId}, but the node at ${shownNode(values.node)} is on ${chainId}`,
    "change one of --chain-id and --node, or client.toml",
  );
}

async function accountOf(
  values: TxValues,
  node: Client,
  address: string,
): Promise<{ number: bigint; sequence: bigint }> {
  if (values.offline) {
    if (values.accountNumber === undefined || values.sequence === undefined || values.gas === "auto") {
      throw usage(
        "--offline needs --account-number, --sequence and a number for --gas",
        "tribd query auth account <key> shows the first two",
      );
    }
    return { number: values.accountNumber, sequence: values.sequence };
  }
  const account = await fetchAccount(node, address);
  return { number: account.number, sequence: values.sequence ?? account.sequence };
}
