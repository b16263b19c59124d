import type { Offence } from "#proto/evidence/ground.js";
import type { Context } from "../../context.js";
import { jail, slash } from "../staking/index.js";
import { consensusText, FOREVER_MS, isTombstoned, paramsOf } from "./infos.js";
import { infos } from "./keys.js";

/** Once in a validator's life, whatever it did and how often: evidence of one deed is often evidence of many. */
export function punish(context: Context, { kind, validator, power, height }: Offence): void {
  const { view, block } = context;
  if (isTombstoned(view, validator)) return;
  const startHeight = infos.get(view, [validator])?.startHeight ?? height;
  infos.put(view, [validator], { startHeight, jailedUntil: FOREVER_MS, tombstoned: true });
  const fraction = paramsOf(view).slashFractionDoubleSign;
  const burned = slash(context, { validator, height, power, fraction });
  jail(view, validator);
  context.emit("slash", {
    address: consensusText(block.bech32Prefix, validator),
    power: String(power),
    reason: "double_sign",
    offence: kind,
    height: String(height),
    burned_coins: String(burned),
  });
}
