import { PubKey } from "cosmjs-types/cosmos/crypto/ed25519/keys";
import { MsgCreateValidatorResponse, type MsgCreateValidator } from "cosmjs-types/cosmos/staking/v1beta1/tx";
import { parseAmount } from "#proto/amount.js";
import { toBase64 } from "#proto/base64.js";
import { toHex, type Bytes } from "#proto/bytes.js";
import { cosmos } from "#proto/codec/cosmos.js";
import { validatorAddress } from "#proto/crypto/ed25519.js";
import { decimalText } from "#proto/tx/decimal.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import { sdkErrors } from "#proto/tx/errors.js";
import type { Context } from "../../../context.js";
import { signerAddress } from "../../../fields.js";
import { cosmosMessage } from "../../../module.js";
import { stakingErrors } from "../errors.js";
import { byConsensus, validators } from "../keys.js";
import { ONE, paramsOf, status, type Validator } from "../records.js";
import { bond } from "../stake.js";
import { aminoDescription, descriptionProblem } from "./description.js";
import { aminoCoin, bondAmount, operatorAccount } from "./rows.js";

const ed25519 = cosmos(PubKey);

type Rates = Pick<Validator, "commissionRate" | "commissionMaxRate" | "commissionMaxChangeRate">;

function ratesOf({ commission }: MsgCreateValidator): Rates | Rejection {
  const rate = (field: "rate" | "maxRate" | "maxChangeRate"): bigint | Rejection => {
    const value = parseAmount(commission[field]);
    return value !== undefined && value <= ONE ? value : reject(stakingErrors.commissionHuge, { field });
  };
  const [commissionRate, commissionMaxRate, commissionMaxChangeRate] = [
    rate("rate"),
    rate("maxRate"),
    rate("maxChangeRate"),
  ];
  if (isRejection(commissionRate)) return commissionRate;
  if (isRejection(commissionMaxRate)) return commissionMaxRate;
  if (isRejection(commissionMaxChangeRate)) return commissionMaxChangeRate;
  if (commissionRate > commissionMaxRate) {
    return reject(stakingErrors.commissionAboveMax, { rate: commissionRate, max: commissionMaxRate });
  }
  if (commissionMaxChangeRate > commissionMaxRate) {
    const data = { max_change_rate: commissionMaxChangeRate, max_rate: commissionMaxRate };
    return reject(stakingErrors.changeAboveMax, data);
  }
  return { commissionRate, commissionMaxRate, commissionMaxChangeRate };
}

function consensusKey({ pubkey }: MsgCreateValidator): Bytes | Rejection {
  const wrong = reject(stakingErrors.keyType, { type: pubkey?.typeUrl ?? "", want: PubKey.typeUrl });
  if (pubkey?.typeUrl !== PubKey.typeUrl) return wrong;
  const decoded = ed25519.decode(pubkey.value);
  return isRejection(decoded) || decoded.key.length !== 32 ? wrong : decoded.key;
}

function handle(context: Context, message: MsgCreateValidator): Bytes | Rejection {
  const { view, block, address } = context;
  const account = operatorAccount(message.validatorAddress);
  const operator = signerAddress(address, account);
  const { minCommissionRate } = paramsOf(view);
  const pubKey = consensusKey(message);
  if (isRejection(pubKey)) return pubKey;
  const consensus = validatorAddress(pubKey);
  if (message.delegatorAddress !== "" && message.delegatorAddress !== account) {
    return reject(sdkErrors.invalidRequest, { field: "delegator_address", want: `empty, or ${account}` });
  }
  if (validators.has(view, [operator])) {
    return reject(stakingErrors.operatorExists, { validator: message.validatorAddress });
  }
  if (byConsensus.has(view, [consensus])) {
    return reject(stakingErrors.keyExists, { consensus_address: toHex(consensus) });
  }
  const amount = bondAmount(context, message.value);
  if (isRejection(amount)) return amount;
  const problem = descriptionProblem(message.description);
  if (problem !== undefined) return reject(sdkErrors.invalidRequest, { ...problem });
  const rates = ratesOf(message);
  if (isRejection(rates)) return rates;
  if (rates.commissionRate < minCommissionRate) {
    return reject(stakingErrors.commissionBelowMinimum, { rate: rates.commissionRate, min: minCommissionRate });
  }
  const minSelfDelegation = parseAmount(message.minSelfDelegation);
  if (minSelfDelegation === undefined || minSelfDelegation === 0n) {
    return reject(sdkErrors.invalidRequest, { field: "min_self_delegation", want: "a positive integer" });
  }
  if (amount < minSelfDelegation) {
    return reject(stakingErrors.selfDelegationBelowMinimum, { have: amount, min: minSelfDelegation });
  }
  const { moniker, identity, website, securityContact, details } = message.description;
  const validator: Validator = {
    operator: message.validatorAddress,
    pubKey,
    jailed: false,
    status: status.unbonded,
    tokens: "0",
    shares: "0",
    description: { moniker, identity, website, securityContact, details },
    ...rates,
    commissionTime: block.time,
    minSelfDelegation: minSelfDelegation.toString(),
    unbondingHeight: 0n,
    unbondingTime: 0n,
  };
  const bonded = bond(context, { operator, validator }, operator, amount, operator);
  if (isRejection(bonded)) return bonded;
  byConsensus.put(view, [consensus], operator);
  context.emit("create_validator", {
    validator: message.validatorAddress,
    amount: `${amount}${message.value.denom}`,
  });
  return MsgCreateValidatorResponse.encode({}).finish();
}

function aminoKey({ pubkey }: MsgCreateValidator) {
  const key = pubkey === undefined ? undefined : ed25519.decode(pubkey.value);
  if (key === undefined || isRejection(key)) return undefined;
  return { type: "tendermint/PubKeyEd25519", value: toBase64(key.key) };
}

/** MsgCreateValidator: makes the operator's validator and bonds the value (README). */
export const createValidator = cosmosMessage("/cosmos.staking.v1beta1.MsgCreateValidator", {
  signers: ({ validatorAddress }) => [operatorAccount(validatorAddress)],
  amino: (message) => ({
    description: aminoDescription(message.description),
    commission: {
      rate: decimalText(message.commission.rate),
      max_rate: decimalText(message.commission.maxRate),
      max_change_rate: decimalText(message.commission.maxChangeRate),
    },
    min_self_delegation: message.minSelfDelegation,
    delegator_address: message.delegatorAddress,
    validator_address: message.validatorAddress,
    pubkey: aminoKey(message),
    value: aminoCoin(message.value),
  }),
  handle,
});
