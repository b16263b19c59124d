import { equalBytes, type Bytes } from "#proto/bytes.js";
import { reject, type Rejection } from "#proto/rejection.js";
import { sdkErrors } from "#proto/tx/errors.js";
import type { Context } from "../../context.js";
import { isModuleAccount } from "../../module-accounts.js";
import { controllerOf } from "./controllers.js";
import { payoutErrors } from "./errors.js";

/** A person's address. */
export function personOf({ address }: Context, field: string, text: string): Bytes | Rejection {
  const bytes = address.parse(text);
  if (bytes === undefined || isModuleAccount(bytes)) return reject(sdkErrors.invalidAddress, { field, address: text });
  return bytes;
}

/** The address of an owner that still speaks for itself: after a key change the old key decides nothing. */
export function actingOwner(context: Context, field: string, text: string): Bytes | Rejection {
  const owner = personOf(context, field, text);
  if (!(owner instanceof Uint8Array)) return owner;
  const controller = controllerOf(context.view, owner);
  if (equalBytes(controller, owner)) return owner;
  return reject(payoutErrors.keyReplaced, { [field]: text, controller: context.address.format(controller) });
}
