import { parseAmount } from "#proto/amount.js";
import { checkProfile, NORM_ID } from "#proto/attribution/token-hash.js";

import { toHex } from "#proto/bytes.js";
import { reject, type Rejection } from "#proto/rejection.js";
import type { AddressText } from "../../context.js";
import { firstProblem, hashProblem, rangeProblem, textProblem, uriProblem, type FieldProblem } from "../../fields.js";
import { admissions, TIER_REPLICATED } from "./codes.js";
import { datanetErrors } from "./errors.js";
import { limits } from "./limits.js";

const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/;

/** Fields that the creator sets at creation and at each update. */
export interface OwnRules {
  readonly title: string;
  readonly cardHash: Uint8Array;
  readonly cardUri: string;
  readonly termsHash: Uint8Array;
  readonly termsUri: string;
  readonly mediaTypes: readonly string[];
  readonly contentBytesMax: bigint;
  readonly contributionsMax: number;
  readonly bond: string;
  readonly treasuryBasisPoints: number;
}

/** Checks the fields that a datanet's creator can change; datanet/invalidField names the first invalid one. */
export function checkOwnRules(rules: OwnRules, admission: number): Rejection | undefined {
  const { title, cardHash, cardUri, termsHash, termsUri, contentBytesMax, contributionsMax } = rules;
  const problem = firstProblem(
    textProblem("title", title, 1, limits.titleBytes),
    hashProblem("card_hash", cardHash),
    uriProblem("card_uri", cardUri),
    bondProblem(rules.bond, admission),
    rangeProblem("treasury_basis_points", rules.treasuryBasisPoints, 0, limits.treasuryBasisPoints),
    hashProblem("terms_hash", termsHash),
    uriProblem("terms_uri", termsUri),
    mediaTypesProblem(rules.mediaTypes),
    rangeProblem("content_bytes_max", contentBytesMax, 0n, limits.contentBytes),
    rangeProblem("contributions_max", contributionsMax, 0, limits.contributionsPerDatanet),
  );
  return problem === undefined ? undefined : reject(datanetErrors.invalidField, problem);
}

/** Without a bond comes only what somebody accepts by name: a curator the contribution, or a list its contributor. */
function bondProblem(text: string, admission: number): FieldProblem | undefined {
  const bond = parseAmount(text);
  if (bond === undefined || bond > limits.bond) return { field: "bond", want: `a decimal amount up to ${limits.bond}` };
  if (bond > 0n || admission !== admissions.open) return undefined;
  return { field: "bond", want: "above 0 with open admission" };
}

function mediaTypesProblem(types: readonly string[]): FieldProblem | undefined {
  if (types.length === 0 || types.length > limits.mediaTypes || new Set(types).size !== types.length) {
    return { field: "media_types", want: `1 to ${limits.mediaTypes}, each once` };
  }
  const bad = types.findIndex((type) => type.length > limits.mediaTypeBytes || !MEDIA_TYPE.test(type));
  return bad < 0 ? undefined : { field: `media_types[${bad}]`, want: "a media type in lower case, as text/plain" };
}

/** Only what every validator can check alike is taken: tier R, and profiles of the pinned text tables. */
export function checkTextProfile(normId: number, tier: number): Rejection | undefined {
  if (tier !== TIER_REPLICATED) return reject(datanetErrors.unsupportedProfile, { field: "tier", want: "1 (R)" });
  if (checkProfile(normId) === undefined) return undefined;
  return reject(datanetErrors.unsupportedProfile, { field: "norm_id", want: String(NORM_ID) });
}

/** Curators decide in a curated datanet, m of n; in the others they only publish releases. */
export function checkCurators(
  address: AddressText,
  admission: number,
  curators: readonly string[],
  threshold: number,
): Rejection | undefined {
  const problem = addressesProblem(address, "curators", curators, limits.curators);
  if (problem !== undefined) return reject(datanetErrors.invalidField, problem);
  const curated = admission === admissions.curated;
  const [min, max] = curated ? [1, curators.length] : [0, 0];
  if (threshold >= min && threshold <= max) return undefined;
  const want = curated ? "1 to the number of curators" : "0: admission is not curated";
  return reject(datanetErrors.invalidField, { field: "threshold", want });
}

/** Checks the contributors of an allow-list, which only that admission has; datanet/invalidField otherwise. */
export function checkAllowList(
  address: AddressText,
  admission: number,
  contributors: readonly string[],
): Rejection | undefined {
  const max = admission === admissions.allowList ? limits.allowList : 0;
  const problem = addressesProblem(address, "contributors", contributors, max);
  return problem === undefined ? undefined : reject(datanetErrors.invalidField, problem);
}

function addressesProblem(
  address: AddressText,
  field: string,
  texts: readonly string[],
  max: number,
): FieldProblem | undefined {
  if (texts.length > max) return { field, want: max === 0 ? "none: admission is not by list" : `at most ${max}` };
  const seen = new Set<string>();
  for (const [i, text] of texts.entries()) {
    const parsed = address.parse(text);
    if (parsed === undefined) return { field: `${field}[${i}]`, want: "an account address of this chain" };
    const key = toHex(parsed);
    if (seen.has(key)) return { field: `${field}[${i}]`, want: "each address once" };
    seen.add(key);
  }
  return undefined;
}
