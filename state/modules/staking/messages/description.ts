import type { Description } from "../records.js";
import { firstProblem, textProblem, type FieldProblem } from "../../../fields.js";
import { presentParts } from "../../../module.js";

/** The Cosmos SDK's lengths, in bytes. */
const LENGTHS = [
  ["moniker", 70],
  ["identity", 3000],
  ["website", 140],
  ["securityContact", 140],
  ["details", 280],
] as const;

/** An edit sends this value for a field that stays unchanged. */
const KEEP = "[do-not-modify]";

/** The first text of a description that is too long or has control characters, or an empty moniker. */
export function descriptionProblem(description: Description): FieldProblem | undefined {
  return firstProblem(
    ...LENGTHS.map(([field, max]) =>
      textProblem(`description.${field}`, description[field], field === "moniker" ? 1 : 0, max),
    ),
  );
}

/** The description after an edit; "[do-not-modify]" keeps a field. */
export function editedDescription(before: Description, asked: Description): Description {
  const kept = (field: keyof Description): string => (asked[field] === KEEP ? before[field] : asked[field]);
  return {
    moniker: kept("moniker"),
    identity: kept("identity"),
    website: kept("website"),
    securityContact: kept("securityContact"),
    details: kept("details"),
  };
}

/** The description in amino JSON; empty texts are omitted. */
export function aminoDescription({ moniker, identity, website, securityContact, details }: Description) {
  return presentParts({ moniker, identity, website, security_contact: securityContact, details });
}
