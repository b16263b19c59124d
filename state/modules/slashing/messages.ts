import { MsgUnjailResponse, type MsgUnjail } from "cosmjs-types/cosmos/slashing/v1beta1/tx";
import type { Bytes } from "#proto/bytes.js";
import { validatorAddress } from "#proto/crypto/ed25519.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../context.js";
import { cosmosMessage, type MessageRow } from "../../module.js";
import { storedAmount } from "../../stored-amount.js";
import { findValidator, operatorAccount, stakeOf, unjail } from "../staking/index.js";
import { slashingErrors } from "./errors.js";
import { consensusText } from "./infos.js";
import { infos } from "./keys.js";

/** A jailed validator that keeps its promise again may decide again; a tombstoned one never. */
function handleUnjail(context: Context, { validatorAddr }: MsgUnjail): Bytes | Rejection {
  const { view, block } = context;
  if (context.address.operator.parse(validatorAddr) === undefined) {
    return reject(slashingErrors.badValidator, { validator: validatorAddr });
  }
  const found = findValidator(view, context.address, validatorAddr);
  if (isRejection(found)) return reject(slashingErrors.noValidator, { validator: validatorAddr });
  const { operator, validator } = found;
  const consensus = validatorAddress(validator.pubKey);
  const info = infos.get(view, [consensus]);
  const stake = stakeOf(view, found, operator);
  const min = storedAmount(validator.minSelfDelegation);
  if (stake === 0n) return reject(slashingErrors.missingSelfDelegation, { validator: validatorAddr });
  if (stake < min) return reject(slashingErrors.selfDelegationTooLow, { tokens: stake, min });
  if (!validator.jailed) return reject(slashingErrors.notJailed, { validator: validatorAddr });
  if (info?.tombstoned === true) return reject(slashingErrors.tombstoned, { validator: validatorAddr });
  if (info !== undefined && block.time < info.jailedUntil) {
    return reject(slashingErrors.stillJailed, { until: info.jailedUntil });
  }
  unjail(view, consensus);
  context.emit("unjail", { validator: validatorAddr, address: consensusText(block.bech32Prefix, consensus) });
  return MsgUnjailResponse.encode({}).finish();
}

/** Messages of the module (README). */
export const messages: readonly MessageRow[] = [
  cosmosMessage("/cosmos.slashing.v1beta1.MsgUnjail", {
    signers: ({ validatorAddr }) => [operatorAccount(validatorAddr)],
    amino: ({ validatorAddr }) => ({ address: validatorAddr }),
    handle: handleUnjail,
  }),
];
