/** How a version was made from a parent. Codes are permanent. */
export const relations = { fineTune: 1, adapter: 2, merge: 3, distil: 4, quantise: 5 } as const;

/** Where a version stands. Codes are permanent. */
export const stages = { draft: 1, staging: 2, production: 3, deprecated: 4, revoked: 5 } as const;

/** The kind of an evaluation's author. 3, attested, is reserved for the later attestation module. */
export const labels = { selfDeclared: 1, declaredByOther: 2 } as const;

const { draft, staging, production, deprecated, revoked } = stages;

/** From each stage, where it may go: rollback is a change like any other, revocation is final. */
export const stageChanges: Readonly<Record<number, readonly number[]>> = {
  [draft]: [staging, production, deprecated, revoked],
  [staging]: [draft, production, deprecated, revoked],
  [production]: [staging, deprecated, revoked],
  [deprecated]: [staging, production, revoked],
  [revoked]: [],
};

/** Permissions of a version in each stage. Vouchers are signed before they are redeemed, so earlier service is paid later too. */
export const stageUse: Readonly<Record<number, { readonly open: boolean; readonly redeem: boolean }>> = {
  [draft]: { open: false, redeem: false },
  [staging]: { open: true, redeem: true },
  [production]: { open: true, redeem: true },
  [deprecated]: { open: false, redeem: true },
  [revoked]: { open: false, redeem: true },
};
