import { PubKey } from "cosmjs-types/cosmos/crypto/secp256k1/keys";
import { AuthInfo, Fee, TxBody, TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { present } from "#proto/assert.js";
import { utf8, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { accountAddress, secp256k1PublicKey, signSecp256k1 } from "#proto/crypto/secp256k1.js";
import { toBech32 } from "#proto/crypto/address.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import { directSignBytes } from "#proto/tx/sign-doc.js";
import type { AnyMessage } from "#proto/tx/decode.js";
import type { BlockResults } from "#proto/types/block.js";
import { parseGenesis } from "#proto/types/genesis.js";
import type { BlockInfo, FingerprintLookup } from "#state/context.js";
import type { Offence } from "#proto/evidence/ground.js";
import { headerHashOf } from "#proto/types/block-id.js";
import { genesisWrites } from "#state/genesis.js";
import type { Module, QueryContext } from "#state/module.js";
import { brokenInvariants } from "#state/invariants.js";
import { executeBlock, type BlockOutcome } from "#state/machine.js";
import { accountOf } from "#state/modules/auth/index.js";
import { moduleAccounts } from "#state/module-accounts.js";
import { balanceOf } from "#state/modules/bank/index.js";
import { addressText } from "#state/modules/chain/index.js";
import { queryRow } from "#state/registry.js";
import { MemoryBase } from "#state/store/memory.js";
import { NO_FINGERPRINTS } from "#state/fingerprints/none.js";

/** A person with a key made from a name: the same on every run. */
export interface Person {
  readonly name: string;
  readonly secretKey: Bytes;
  readonly publicKey: Bytes;
  readonly address: Bytes;
  readonly text: string;
}

const people = new Map<string, Person>();

/** Remembered: simulated networks are made by the hundred, of the same few people. */
export function person(name: string): Person {
  let known = people.get(name);
  if (known === undefined) people.set(name, (known = makePerson(name)));
  return known;
}

function makePerson(name: string): Person {
  const secretKey = sha256(utf8(`test person ${name}`));
  const publicKey = secp256k1PublicKey(secretKey);
  const address = accountAddress(publicKey);
  return { name, secretKey, publicKey, address, text: toBech32("trib", address) };
}

export const TEST_CHAIN = "tributary-dev-1";

export interface TestValidator {
  readonly name: string;
  /** base64. */
  readonly key: string;
  readonly power: bigint;
}

/** What a genesis says of its validators; each one's operator is the person of that name, who has bonded all of it. */
export function validatorGenesis(list: readonly TestValidator[], unbondingMs = EVIDENCE.max_age_duration_ms) {
  const operator = (name: string): string => toBech32("tribvaloper", person(name).address);
  const tokens = (power: bigint): string => (power * 1_000_000n).toString();
  const sum = list.reduce((total, { power }) => total + power, 0n);
  return {
    validators: list.map(({ name, key, power }) => ({
      address: "",
      pub_key: { type: "tendermint/PubKeyEd25519", value: key },
      power: power.toString(),
      name,
    })),
    staking: {
      params: { unbonding_ms: unbondingMs, max_validators: 100, max_entries: 7, min_commission_rate: "0" },
      validators: list.map(({ name, key, power }) => ({
        operator: operator(name),
        pub_key: key,
        jailed: false,
        status: 3,
        tokens: tokens(power),
        shares: `${tokens(power)}${"0".repeat(18)}`,
        description: { moniker: name, identity: "", website: "", security_contact: "", details: "" },
        commission_rate: "0",
        commission_max_rate: "1000000000000000000",
        commission_max_change_rate: "1000000000000000000",
        commission_time: "0",
        min_self_delegation: "1",
        unbonding_height: "0",
        unbonding_time: "0",
      })),
      delegations: list.map(({ name, power }) => ({
        delegator: person(name).text,
        operator: operator(name),
        shares: `${tokens(power)}${"0".repeat(18)}`,
      })),
      unbondings: [],
      last_validator_powers: list.map(({ name, power }) => ({ operator: operator(name), power: power.toString() })),
    },
    pool: {
      address: toBech32("trib", moduleAccounts.bonded),
      coins: [{ denom: "utrib", amount: tokens(sum) }],
    },
  };
}

const VALIDATOR: TestValidator = { name: "val0", key: "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", power: 10n };
const EVIDENCE = { max_age_num_blocks: "100000", max_age_duration_ms: "172800000", max_bytes: "1048576" };

export function genesisOf(
  balances: Readonly<Record<string, bigint>>,
  appState: Record<string, unknown> = {},
  evidence = EVIDENCE,
  list: readonly TestValidator[] = [VALIDATOR],
): unknown {
  const { validators, staking, pool } = validatorGenesis(list, evidence.max_age_duration_ms);
  return {
    genesis_time: "2026-01-01T00:00:00Z",
    chain_id: TEST_CHAIN,
    initial_height: "1",
    consensus_params: {
      block: { max_bytes: "4194304", max_gas: "100000000", max_tx_bytes: "131072" },
      evidence,
      synchrony: { precision_ms: "500", message_delay_ms: "15000" },
    },
    validators,
    app_hash: "",
    app_state: {
      chain: { bech32_prefix: "trib", bond_denom: "utrib", fee_denom: "utrib", unicode_tables_hash: "00".repeat(32) },
      bank: {
        balances: [
          ...Object.entries(balances).map(([name, amount]) => ({
            address: person(name).text,
            coins: [{ denom: "utrib", amount: amount.toString() }],
          })),
          pool,
        ],
      },
      staking,
      ...appState,
    },
  };
}

export interface TxOptions {
  readonly fee?: bigint;
  readonly gas?: bigint;
  readonly sequence?: bigint;
  readonly chainId?: string;
  readonly memo?: string;
  readonly timeoutHeight?: bigint;
}

/** A tx as a wallet makes it (SIGN_MODE_DIRECT). */
export function signedTx(
  who: Person,
  messages: readonly AnyMessage[],
  options: TxOptions & { readonly sequence: bigint; readonly number: bigint },
): Bytes {
  const bodyBytes = TxBody.encode(
    TxBody.fromPartial({
      messages: [...messages],
      memo: options.memo ?? "",
      timeoutHeight: options.timeoutHeight ?? 0n,
    }),
  ).finish();
  const fee = options.fee ?? 5000n;
  const authInfoBytes = AuthInfo.encode(
    AuthInfo.fromPartial({
      signerInfos: [
        {
          publicKey: { typeUrl: PubKey.typeUrl, value: PubKey.encode({ key: who.publicKey }).finish() },
          modeInfo: { single: { mode: 1 } },
          sequence: options.sequence,
        },
      ],
      fee: Fee.fromPartial({
        amount: fee === 0n ? [] : [{ denom: "utrib", amount: fee.toString() }],
        gasLimit: options.gas ?? 2_000_000n,
      }),
    }),
  ).finish();
  const signed = directSignBytes({ bodyBytes, authInfoBytes }, options.chainId ?? TEST_CHAIN, options.number);
  const signatures = [signSecp256k1(sha256(signed), who.secretKey)];
  return TxRaw.encode({ bodyBytes, authInfoBytes, signatures }).finish();
}

/** A chain of one state and no network: blocks are executed one after the other, invariants checked behind them. */
export class World {
  readonly base = new MemoryBase();
  height = 0n;
  time: bigint;
  fingerprints: FingerprintLookup = NO_FINGERPRINTS;
  beacon: Bytes = sha256(utf8("beacon 0"));
  proposer: Bytes = new Uint8Array(20);
  proposerPower = 10n;
  totalPower = 10n;
  /** What the block that begins punishes. */
  misbehaviour: readonly Offence[] = [];
  /** Sets what a header brings to the block that begins; a test with real headers gives its own. */
  beginHeader: () => void = () => void (this.beacon = sha256(this.beacon));
  /** Sees each block after it was applied. */
  committed: (outcome: BlockOutcome) => void = () => undefined;
  /** Blocks from one check of all invariants to the next. */
  invariantsEvery = 1n;

  constructor(
    balances: Readonly<Record<string, bigint>>,
    appState: Record<string, unknown> = {},
    evidence: typeof EVIDENCE = EVIDENCE,
  ) {
    const genesis = parseGenesis(genesisOf(balances, appState, evidence));
    if (isRejection(genesis)) throw new Error(JSON.stringify(genesis));
    const writes = genesisWrites(genesis);
    if (isRejection(writes)) throw new Error(JSON.stringify(writes));
    this.base.apply(writes);
    this.time = genesis.time;
  }

  block(txs: readonly Bytes[] = [], advanceMs = 1000n): BlockOutcome {
    this.height += 1n;
    this.time += advanceMs;
    this.beginHeader();
    const info: BlockInfo = {
      chainId: TEST_CHAIN,
      height: this.height,
      time: this.time,
      proposer: this.proposer,
      proposerPower: this.proposerPower,
      totalPower: this.totalPower,
      beacon: this.beacon,
      bech32Prefix: "trib",
      hash: headerHashOf(sha256(utf8(`block ${this.height}`))),
      misbehaviour: this.misbehaviour,
    };
    const outcome = executeBlock(this.base, info, txs, { txBytesMax: 131072 }, this.fingerprints);
    this.base.apply(outcome.writes);
    const broken = this.height % this.invariantsEvery === 0n ? brokenInvariants(this.base) : [];
    if (broken.length > 0) throw new Error(broken.join("; "));
    this.committed(outcome);
    return outcome;
  }

  /** A signed tx; sequence and number come from the state unless given. */
  tx(who: Person, messages: readonly AnyMessage[], options: TxOptions = {}): Bytes {
    const account = accountOf(this.base, who.address);
    const sequence = options.sequence ?? account?.sequence ?? 0n;
    return signedTx(who, messages, { ...options, sequence, number: account?.number ?? 0n });
  }

  /** One block with one tx; its result. */
  run(who: Person, messages: readonly AnyMessage[], options: TxOptions = {}): BlockResults["txResults"][number] {
    return present(this.block([this.tx(who, messages, options)]).results[0], "one tx, one result");
  }

  balance(who: Person, denom = "utrib"): bigint {
    return balanceOf(this.base, who.address, denom);
  }

  query(path: string, request: Bytes): Bytes {
    const answer = this.asked(path, request);
    if (isRejection(answer)) throw new Error(JSON.stringify(answer));
    return answer;
  }

  asked(path: string, request: Bytes): Bytes | Rejection {
    const row = queryRow(path);
    if (isRejection(row)) throw new Error(JSON.stringify(row));
    const { base: view, height, time, fingerprints } = this;
    const address = addressText("trib");
    return row({ view, height, time, chainId: TEST_CHAIN, address, fingerprints }, request);
  }
}

/** A module's part of app_state as the value that its rows make. */
export function exported(module: Module, context: QueryContext): Record<string, unknown> {
  const whole = (value: unknown): unknown =>
    typeof value === "object" && value !== null && Symbol.iterator in value ? [...(value as Iterable<unknown>)] : value;
  return Object.fromEntries([...module.exportGenesis(context)].map(([name, value]) => [name, whole(value)]));
}
