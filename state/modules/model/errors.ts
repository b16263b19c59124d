import { codespace } from "#proto/rejection.js";

/** Codes are permanent: never renumbered, never reused. */
export const modelErrors = codespace("model", {
  invalidField: 1, // { field, want }
  slugTaken: 2, // { slug, model_id }
  unknownModel: 3, // { model_id }
  unknownVersion: 4, // { field, version_id }
  notOwner: 5, // { signer, owner }
  duplicateParent: 6, // { field, version_id }
  revokedParent: 7, // { field, version_id }
  unknownRelation: 8, // { field, relation }
  duplicateRelease: 9, // { field, datanet_id, number }
  unknownRelease: 10, // { field, datanet_id, number }
  consentWithdrawn: 11, // { field, datanet_id, number }: the release holds a contribution whose consent was withdrawn
  amendmentNeedsConsent: 12, // { version_id, why }
  unknownStage: 13, // { stage }
  stageNotAllowed: 14, // { from, to }
  royaltyTooSmall: 15, // { basis_points, min }
  tooManyDatanets: 16, // { max }: that releases come from, inherited ones included
});
