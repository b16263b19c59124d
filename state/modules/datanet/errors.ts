import { codespace } from "#proto/rejection.js";

/** Codes are permanent: never renumbered, never reused. */
export const datanetErrors = codespace("datanet", {
  invalidField: 1, // { field, want }
  slugTaken: 2, // { slug, datanet_id }
  unknownDatanet: 3, // { datanet_id }
  unknownContribution: 4, // { contribution_id }
  notCreator: 6, // { signer, creator }
  notCurator: 7, // { signer }
  notOwner: 8, // { signer, owner }
  notAdmitted: 9, // { owner, why }
  unsupportedProfile: 10, // { field, want }
  commitmentExists: 11, // { intent_height, intent_index }
  commitmentMismatch: 12, // { why }: no commitment of the owner opens to these bytes
  commitmentExpired: 13, // { last_height }
  duplicateContent: 14, // { contribution_id }: the earlier one
  termsOutdated: 15, // { terms_version, current }
  wrongTermsHash: 16, // { terms_hash, terms_version }
  malformedFingerprints: 17, // { field, want }
  wrongFingerprintRoot: 18, // { fp_root, have }
  wrongChunk: 19, // { index, want }
  notUploading: 20, // { contribution_id, status }
  uploadExpired: 21, // { last_height }
  notInReview: 22, // { contribution_id, status }
  unknownReason: 23, // { reason, verdict }
  notCurated: 24, // { datanet_id }
  nothingChanged: 25, // { number }: the last release holds the same contributions
  nothingToRelease: 26, // { datanet_id }
  alreadyWithdrawn: 27, // { contribution_id, status }
  datanetFull: 28, // { max }
  tierFull: 29, // { taken, max }
  intentTooRecent: 30, // { intent_height }: a commitment is opened in a later block
  datanetClosed: 31, // { datanet_id, closed_height }
  notEmpty: 32, // { datanet_id, contributions }: uploading, in review or accepted
});
