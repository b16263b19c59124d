import { PubKey } from "cosmjs-types/cosmos/crypto/ed25519/keys";
import {
  MsgBeginRedelegate,
  MsgCancelUnbondingDelegation,
  MsgCreateValidator,
  MsgDelegate,
  MsgEditValidator,
  MsgUndelegate,
} from "cosmjs-types/cosmos/staking/v1beta1/tx";
import { MsgUnjail } from "cosmjs-types/cosmos/slashing/v1beta1/tx";
import { present } from "#proto/assert.js";
import { utf8, type Bytes } from "#proto/bytes.js";
import { toBech32 } from "#proto/crypto/address.js";
import { validatorAddress } from "#proto/crypto/ed25519.js";
import { sha256 } from "#proto/crypto/hash.js";
import type { AnyMessage } from "#proto/tx/decode.js";
import { headerHashOf } from "#proto/types/block-id.js";
import type { BlockOutcome } from "#state/machine.js";
import type { Context } from "#state/context.js";
import { addressText, nextValidators, upcomingValidators } from "#state/modules/chain/index.js";
import { validators } from "#state/modules/staking/keys.js";
import type { Validator } from "#state/modules/staking/index.js";
import { View } from "#state/store/view.js";
import { person, World, type Person } from "../world.js";
import { NO_FINGERPRINTS } from "#state/fingerprints/none.js";

export const COIN = 1_000_000n;
export const ONE = 10n ** 18n;
/** The unbonding time of the test chains. */
export const UNBONDING_MS = 172_800_000n;

export const operatorOf = (name: string): string => toBech32("tribvaloper", person(name).address);
export const keyOf = (name: string): Bytes => sha256(utf8(`consensus key of ${name}`));
export const coin = (amount: bigint, denom = "utrib") => ({ denom, amount: amount.toString() });

interface Created {
  readonly key: Bytes;
  readonly keyType: string;
  readonly amount: bigint;
  readonly denom: string;
  readonly rates: readonly [rate: bigint, max: bigint, change: bigint];
  readonly min: string;
  readonly moniker: string;
  readonly delegator: string;
}

export function create(name: string, given: Partial<Created> = {}): AnyMessage {
  const [rate, maxRate, maxChangeRate] = given.rates ?? [ONE / 10n, ONE / 5n, ONE / 100n];
  const value = MsgCreateValidator.fromPartial({
    description: { moniker: given.moniker ?? name },
    commission: { rate: `${rate}`, maxRate: `${maxRate}`, maxChangeRate: `${maxChangeRate}` },
    minSelfDelegation: given.min ?? "1",
    delegatorAddress: given.delegator ?? "",
    validatorAddress: operatorOf(name),
    pubkey: {
      typeUrl: given.keyType ?? PubKey.typeUrl,
      value: PubKey.encode({ key: given.key ?? keyOf(name) }).finish(),
    },
    value: coin(given.amount ?? 5n * COIN, given.denom),
  });
  return { typeUrl: MsgCreateValidator.typeUrl, value: MsgCreateValidator.encode(value).finish() };
}

export function edit(
  name: string,
  given: { rate?: bigint; min?: string; moniker?: string; details?: string },
): AnyMessage {
  const keep = "[do-not-modify]";
  const value = MsgEditValidator.fromPartial({
    description: {
      moniker: given.moniker ?? keep,
      identity: keep,
      website: keep,
      securityContact: keep,
      details: given.details ?? keep,
    },
    validatorAddress: operatorOf(name),
    commissionRate: given.rate?.toString() ?? "",
    minSelfDelegation: given.min ?? "",
  });
  return { typeUrl: MsgEditValidator.typeUrl, value: MsgEditValidator.encode(value).finish() };
}

const stake =
  (type: typeof MsgDelegate | typeof MsgUndelegate) =>
  (name: string, amount: bigint, by = name) => {
    const value = { delegatorAddress: person(by).text, validatorAddress: operatorOf(name), amount: coin(amount) };
    return { typeUrl: type.typeUrl, value: type.encode(value).finish() };
  };
export const delegate = stake(MsgDelegate);
export const undelegate = stake(MsgUndelegate);

export function cancel(name: string, amount: bigint, creationHeight: bigint): AnyMessage {
  const value = {
    delegatorAddress: person(name).text,
    validatorAddress: operatorOf(name),
    amount: coin(amount),
    creationHeight,
  };
  return {
    typeUrl: MsgCancelUnbondingDelegation.typeUrl,
    value: MsgCancelUnbondingDelegation.encode(value).finish(),
  };
}

export function unjailMessage(name: string): AnyMessage {
  const value = MsgUnjail.encode({ validatorAddr: operatorOf(name) }).finish();
  return { typeUrl: MsgUnjail.typeUrl, value };
}

export function redelegate(name: string, to: string, amount: bigint): AnyMessage {
  const value = {
    delegatorAddress: person(name).text,
    validatorSrcAddress: operatorOf(name),
    validatorDstAddress: operatorOf(to),
    amount: coin(amount),
  };
  return { typeUrl: MsgBeginRedelegate.typeUrl, value: MsgBeginRedelegate.encode(value).finish() };
}

/** A world with the genesis validator val0 (power 10) and people who may become validators. */
export class StakingWorld extends World {
  constructor(names: readonly string[], staking: Record<string, unknown> = {}) {
    super(Object.fromEntries(["val0", ...names].map((name) => [name, 1_000n * COIN])), staking);
  }

  /** One tx of one person; the code of its result, 0 for success. */
  code(who: string | Person, ...messages: AnyMessage[]): number {
    const { code, codespace, log } = this.run(typeof who === "string" ? person(who) : who, messages);
    this.last = `${codespace}/${code} ${log}`;
    return code;
  }
  last = "";

  /** Two blocks, behind which whatever unbonds now has come back: no evidence of what it backed counts any more. */
  untilUnbonded(): void {
    this.block();
    this.block([], UNBONDING_MS + 1n);
  }

  of(name: string): Validator {
    return present(validators.get(this.base, [person(name).address]), `${name} is a validator`);
  }

  /** Powers by name of the set of the next height, or of the one after it. */
  powers(which: "next" | "upcoming", names: readonly string[]): Readonly<Record<string, bigint>> {
    const set = which === "next" ? nextValidators(this.base) : upcomingValidators(this.base);
    const named = names.map((name) => {
      const address = validatorAddress(this.of(name).pubKey);
      return [name, set.members.find((member) => member.address.join() === address.join())?.power ?? 0n] as const;
    });
    return Object.fromEntries(named.filter(([, power]) => power > 0n));
  }

  /** Something that another module does in the block that has just ended, and a block behind it. */
  meanwhile(act: (context: Context) => void): BlockOutcome {
    const view = new View(this.base);
    act({
      view,
      block: {
        chainId: "",
        height: this.height,
        hash: headerHashOf(new Uint8Array(32)),
        time: this.time,
        proposer: this.proposer,
        proposerPower: 1n,
        totalPower: 1n,
        beacon: this.beacon,
        bech32Prefix: "trib",
        misbehaviour: [],
      },
      fingerprints: NO_FINGERPRINTS,
      address: addressText("trib"),
      emit: () => undefined,
      charge: () => undefined,
    });
    this.base.apply(view.writes());
    return this.block();
  }
}
