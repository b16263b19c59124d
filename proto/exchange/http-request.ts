import { NAMED_DATANETS_MAX } from "../attribution/rule/receipt.js";
import type { Bytes } from "../bytes.js";
import { message, type Messages } from "../codec/message.js";
import { domains } from "../crypto/domains.js";
import { sha256, tagged } from "../crypto/hash.js";
import { reject, type Rejection } from "../rejection.js";
import { exchangeErrors } from "./errors.js";

/** How the texts of a body are told apart (exchange.proto). */
export type Marking = Messages["tributary.attribution.v1.Marking"];
/** What a ceiling binds of an HTTP request (exchange.proto). */
export type HttpRequest = Messages["tributary.attribution.v1.HttpRequest"];
/** Canonical codec of `HttpRequest`. */
export const httpRequestCodec = message("tributary.attribution.v1.HttpRequest");

/** Roles whose messages come from sources, unless the consumer's owner says otherwise: retrieval and tools write there. */
export const DEFAULT_MARKING: Marking = { roles: ["developer", "system", "tool"], delimiters: [] };

/** Delimiters of a marking, and characters of each end. */
export const DELIMITERS_MAX = 8;
/** UTF-16 units of each end of a delimiter. */
export const DELIMITER_LENGTH_MAX = 64;
/** Stands once in an opening delimiter for the number of the datanet that the text comes from. */
export const DATANET_PLACE = "{datanet}";
const ROLES_MAX = 8;
const ROLE = /^[a-z_]{1,32}$/;

/** The request that was sent. @param body as it is sent, byte for byte */
export function httpRequestOf(
  method: string,
  path: string,
  body: Bytes,
  { marking, datanets }: { readonly marking: Marking; readonly datanets: readonly bigint[] },
): HttpRequest {
  return { method, path, bodyHash: sha256(body), marking, datanets: [...datanets] };
}

/** SHA-256("tributary/http/1" || canonical bytes): the request hash of a ceiling. */
export function httpRequestHash(request: HttpRequest): Bytes {
  return tagged(domains.http, httpRequestCodec.encode(request));
}

/** Undefined for a marking and datanets that a request may have; else exchange/wrongMarking or wrongDatanets. */
export function checkHttpRequest({ marking, datanets }: HttpRequest): Rejection | undefined {
  const ascending = datanets.every((datanet, i) => datanet > (datanets[i - 1] ?? 0n));
  if (datanets.length > NAMED_DATANETS_MAX || !ascending) {
    return reject(exchangeErrors.wrongDatanets, {
      have: datanets.join(" "),
      need: `at most ${NAMED_DATANETS_MAX}, ascending`,
    });
  }
  return marking === undefined ? wrong("marking", "nothing", "roles and delimiters") : checkMarking(marking);
}

/** Undefined for a marking that both sides read the same way; else exchange/wrongMarking with the first invalid field. */
export function checkMarking({ roles, delimiters }: Marking): Rejection | undefined {
  const sorted = roles.every((role, i) => ROLE.test(role) && (i === 0 || role > roles[i - 1]!));
  if (roles.length > ROLES_MAX || !sorted) {
    return wrong("roles", roles.join(" "), `at most ${ROLES_MAX} ascending words of a to z`);
  }
  if (delimiters.length > DELIMITERS_MAX) return wrong("delimiters", delimiters.length, `at most ${DELIMITERS_MAX}`);
  for (const [i, { open, close }] of delimiters.entries()) {
    const ends = open.replace(DATANET_PLACE, "");
    const isLong = open.length > DELIMITER_LENGTH_MAX || close.length > DELIMITER_LENGTH_MAX;
    if (isLong || ends === "" || close === "") {
      return wrong(`delimiters[${i}]`, `${open} ${close}`, `two texts of 1 to ${DELIMITER_LENGTH_MAX} characters`);
    }
    if (ends.includes(DATANET_PLACE) || close.includes(DATANET_PLACE)) {
      return wrong(`delimiters[${i}]`, `${open} ${close}`, `${DATANET_PLACE} at most once, in the opening one`);
    }
  }
  return undefined;
}

function wrong(field: string, have: unknown, need: unknown): Rejection {
  return reject(exchangeErrors.wrongMarking, { field, have, need });
}
