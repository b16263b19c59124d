/** Kinds of admission. Codes are permanent. */
export const admissions = { open: 1, allowList: 2, curated: 3 } as const;

/** Where a contribution stands. Codes are permanent. */
export const statuses = { uploading: 1, inReview: 2, accepted: 3, rejected: 4, withdrawn: 5, expired: 6 } as const;

/** Codes of a curator's verdict; permanent. */
export const verdicts = { accept: 1, reject: 2 } as const;

/** Tier R: all fingerprints are replicated. Others are refused until they exist. */
export const TIER_REPLICATED = 1;

/** Why a curator decided so: what goes on record. Codes are permanent. */
export const reasons = {
  meetsTerms: 1, //     the only reason to accept
  offTopic: 2, //       not what the datanet collects
  lowQuality: 3, //     unreadable, machine noise, truncated
  nearDuplicate: 4, //  too little that is first committed by it
  wrongFormat: 5, //    the content is not of the declared media type or its manifest does not match
  rightsUnclear: 6, //  the contributor shows no right to license it
  personalData: 7, //   holds personal data that the terms exclude
  unlawful: 8, //       may not be distributed
  misdescribed: 9, //   title, counts or sizes are not those of the content
} as const;

const ALL_REASONS: ReadonlySet<number> = new Set(Object.values(reasons));

/** Whether a reason is allowed for a verdict: meetsTerms for acceptance, any other known reason for rejection. */
export function fitsVerdict(reason: number, verdict: number): boolean {
  if (verdict === verdicts.accept) return reason === reasons.meetsTerms;
  return ALL_REASONS.has(reason) && reason !== reasons.meetsTerms;
}
