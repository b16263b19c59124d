import { equalBytes, type Bytes } from "#proto/bytes.js";
import { message, type Messages } from "#proto/codec/message.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../context.js";
import { CONTROLLED_MAX, controlledBy } from "./controllers.js";
import { payoutErrors } from "./errors.js";
import { addresses, controlled, controllerChanges, controllers, replacements } from "./keys.js";
import { actingOwner, personOf } from "./owner.js";
import { paramsOf } from "./params.js";

const proposed = message("tributary.payout.v1.MsgProposeKeyChangeResponse");
const cancelled = message("tributary.payout.v1.MsgCancelKeyChangeResponse");
const executed = message("tributary.payout.v1.MsgExecuteKeyChangeResponse");

/** Announces a new key. The delay is the time in which the owner of a stolen key can still say no. */
export function proposeKeyChange(
  context: Context,
  msg: Messages["tributary.payout.v1.MsgProposeKeyChange"],
): Bytes | Rejection {
  const { view, block } = context;
  const owner = actingOwner(context, "owner", msg.owner);
  if (isRejection(owner)) return owner;
  const next = actingOwner(context, "new_owner", msg.newOwner);
  if (isRejection(next)) return next;
  if (equalBytes(owner, next)) return reject(payoutErrors.sameKey, { owner: msg.owner });
  const pending = replacements.get(view, [owner]);
  if (pending !== undefined) {
    const { newOwner, executableTime } = pending;
    return reject(payoutErrors.changePending, {
      owner: msg.owner,
      new_owner: newOwner,
      executable_time: executableTime,
    });
  }

  const executableTime = block.time + paramsOf(view).keyChangeDelayMs;
  const newOwner = context.address.format(next);
  replacements.put(view, [owner], { newOwner, executableTime, proposedHeight: block.height });
  context.emit("payout.key_change_proposed", {
    owner: msg.owner,
    new_owner: newOwner,
    executable_time: executableTime.toString(),
  });
  return proposed.encode({ executableTime });
}

/** Drops an announced key change. README, MsgCancelKeyChange. */
export function cancelKeyChange(
  context: Context,
  msg: Messages["tributary.payout.v1.MsgCancelKeyChange"],
): Bytes | Rejection {
  const { view } = context;
  const owner = actingOwner(context, "owner", msg.owner);
  if (isRejection(owner)) return owner;
  const pending = replacements.get(view, [owner]);
  if (pending === undefined) return reject(payoutErrors.noChangePending, { owner: msg.owner });
  replacements.delete(view, [owner]);
  context.emit("payout.key_change_cancelled", { owner: msg.owner, new_owner: pending.newOwner });
  return cancelled.encode({});
}

/** After the delay the new key takes over every claim of the old one, earlier and later ones. It proves itself by signing. */
export function executeKeyChange(
  context: Context,
  msg: Messages["tributary.payout.v1.MsgExecuteKeyChange"],
): Bytes | Rejection {
  const { view, block } = context;
  const next = actingOwner(context, "signer", msg.signer);
  if (isRejection(next)) return next;
  const owner = personOf(context, "owner", msg.owner);
  if (isRejection(owner)) return owner;
  const pending = replacements.get(view, [owner]);
  if (pending === undefined) return reject(payoutErrors.noChangePending, { owner: msg.owner });
  const { newOwner, executableTime } = pending;
  if (newOwner !== msg.signer) return reject(payoutErrors.notNewOwner, { owner: msg.owner, want: newOwner });
  if (block.time < executableTime) {
    return reject(payoutErrors.delayRunning, { owner: msg.owner, executable_time: executableTime });
  }
  const moving = [owner, ...controlledBy(view, owner)];
  if (controlledBy(view, next).length + moving.length > CONTROLLED_MAX) {
    return reject(payoutErrors.tooManyOwners, { new_owner: newOwner, max: CONTROLLED_MAX });
  }

  for (const each of moving) follow(context, each, owner, next);
  addresses.delete(view, [owner]);
  replacements.delete(view, [owner]);
  context.emit("payout.key_changed", { owner: msg.owner, new_owner: newOwner, owners: moving.length.toString() });
  return executed.encode({});
}

function follow({ view, block, address }: Context, owner: Bytes, before: Bytes, next: Bytes): void {
  controlled.delete(view, [before, owner]);
  controllers.put(view, [owner], next);
  const [last] = [...controllerChanges.range(view, { prefix: [owner], reverse: true, limit: 1 })];
  const change = {
    owner: address.format(owner),
    number: (last?.[1].number ?? 0) + 1,
    height: block.height,
    controller: address.format(next),
  };
  controllerChanges.put(view, [owner, change.number], change);
  controlled.put(view, [next, owner], true);
}
