/** Numbers of the wire with the words that people type and read. They repeat the modules' tables; a test compares them. */
export type Codes = Readonly<Record<string, number>>;

export const admission = { open: 1, "allow-list": 2, curated: 3 } as const;
export const contributionStatus = {
  uploading: 1,
  "in-review": 2,
  accepted: 3,
  rejected: 4,
  withdrawn: 5,
  expired: 6,
} as const;
export const verdict = { accept: 1, reject: 2 } as const;
export const reviewReason = {
  "meets-terms": 1,
  "off-topic": 2,
  "low-quality": 3,
  "near-duplicate": 4,
  "wrong-format": 5,
  "rights-unclear": 6,
  "personal-data": 7,
  unlawful: 8,
  misdescribed: 9,
} as const;
export const relation = { "fine-tune": 1, adapter: 2, merge: 3, distil: 4, quantise: 5 } as const;
export const stage = { draft: 1, staging: 2, production: 3, deprecated: 4, revoked: 5 } as const;
export const channelStatus = { open: 1, closing: 2, withdrawn: 3 } as const;
export const batchPhase = { collecting: 1, waiting: 2, opening: 3, overdue: 4, settled: 5 } as const;
export const entryKind = { contribution: 1, provider: 2, royalty: 3, revenue: 4 } as const;
export const payoutStage = { pending: 1, matured: 2, paid: 3, accruing: 4 } as const;

export const residualReason = {
  "prompt-echo": 1,
  common: 2,
  repeated: 3,
  unmatched: 4,
  "not-eligible": 5,
  "no-tokens": 6,
  withheld: 7,
  rounding: 8,
  "not-audited": 9,
} as const;

/** Which field of which message holds which codes, for printing. */
const fields: Readonly<Record<string, Codes>> = {
  "tributary.datanet.v1.Datanet.admission": admission,
  "tributary.datanet.v1.Contribution.status": contributionStatus,
  "tributary.datanet.v1.Contribution.reason": reviewReason,
  "tributary.datanet.v1.Review.verdict": verdict,
  "tributary.datanet.v1.Review.reason": reviewReason,
  "tributary.datanet.v1.MsgReviewContributionResponse.status": contributionStatus,
  "tributary.model.v1.Parent.relation": relation,
  "tributary.model.v1.Version.stage": stage,
  "tributary.model.v1.StageChange.stage": stage,
  "tributary.usage.v1.Channel.status": channelStatus,
  "tributary.attribution.v1.QueryBatchResponse.phase": batchPhase,
  "tributary.attribution.v1.Reason.reason": residualReason,
  "tributary.payout.v1.Entry.kind": entryKind,
  "tributary.payout.v1.StatementLine.stage": payoutStage,
  "tributary.payout.v1.StatementLine.contribution_status": contributionStatus,
  "tributary.payout.v1.StatementLine.contribution_reason": reviewReason,
};

/** The word for a code; undefined where the field holds none or the code is not known. */
export function wordFor(messageName: string, field: string, code: unknown): string | undefined {
  const codes = fields[`${messageName}.${field}`];
  return codes === undefined ? undefined : Object.keys(codes).find((word) => codes[word] === code);
}
