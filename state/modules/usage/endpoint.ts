import { present } from "#proto/assert.js";
import type { Bytes } from "#proto/bytes.js";
import { message, type Messages } from "#proto/codec/message.js";
import { endpointProblem } from "#proto/endpoint/url.js";
import { reject, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../context.js";
import { canOpen, versionOf } from "../model/index.js";
import { paramsOf } from "./channels.js";
import { usageErrors } from "./errors.js";
import { endpointSet } from "./events.js";
import { endpoints } from "./keys.js";

const set = message("tributary.usage.v1.MsgSetEndpointResponse");

/** An endpoint is said again at least so often, or clients stop using it: 400 days, in milliseconds. */
export const ENDPOINT_VALID_MS_MAX = 34_560_000_000n;

type SetEndpoint = Messages["tributary.usage.v1.MsgSetEndpoint"];

/** A provider says where it serves a version: one row for each of both, which an empty URL removes. */
export function setEndpoint(context: Context, msg: SetEndpoint): Bytes | Rejection {
  const { view, block, address } = context;
  const { versionId, url, validUntil } = msg;
  const provider = present(address.parse(msg.provider), "a signer is an address");
  const refused =
    url === "" ? checkRemoval(endpoints.has(view, [versionId, provider]), msg) : checkEndpoint(context, msg);
  if (refused !== undefined) return refused;

  const endpoint = { provider: address.format(provider), versionId, url, validUntil, height: block.height };
  if (url === "") endpoints.delete(view, [versionId, provider]);
  else endpoints.put(view, [versionId, provider], endpoint);
  endpointSet(context, endpoint);
  return set.encode({});
}

function checkRemoval(exists: boolean, { provider, versionId, validUntil }: SetEndpoint): Rejection | undefined {
  if (!exists) return reject(usageErrors.endpointNotFound, { provider, version_id: versionId });
  return validUntil === 0n
    ? undefined
    : invalid("valid_until", { have: validUntil, want: "0, since the URL is empty" });
}

function checkEndpoint({ view, block }: Context, { versionId, url, validUntil }: SetEndpoint): Rejection | undefined {
  const version = versionOf(view, versionId);
  if (version === undefined) return reject(usageErrors.versionNotFound, { version_id: versionId });
  if (!canOpen(version)) {
    return reject(usageErrors.versionNotUsable, { version_id: versionId, stage: version.stage });
  }
  const problem = endpointProblem(url, paramsOf(view).privateEndpoints);
  if (problem !== undefined) return invalid("url", { ...problem });
  const last = block.time + ENDPOINT_VALID_MS_MAX;
  if (validUntil > block.time && validUntil <= last) return undefined;
  return invalid("valid_until", { have: validUntil, want: `above ${block.time}, at most ${last}` });
}

function invalid(field: string, data: Readonly<Record<string, unknown>>): Rejection {
  return reject(usageErrors.invalidEndpoint, { field, ...data });
}
