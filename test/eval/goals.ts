/** The last line of the program: shares as fractions, amounts in base units. Names never change once published. */
export interface Figures {
  readonly coverage_retrieval: number;
  readonly coverage_k6_position: number;
  readonly coverage_closed: number;
  readonly miscredit_within: number;
  readonly miscredit_across: number;
  readonly sharing: Readonly<Record<string, number>>;
  readonly lds_order5: number;
  readonly attacks: readonly AttackRow[];
  /** Scripts in which a coalition gains by what the rule cannot see, or by being first. */
  readonly limits: readonly AttackRow[];
  readonly stock_phrases: number;
  readonly stock_phrases_listed: number;
}

export interface AttackRow {
  readonly name: string;
  /** The coalition's balance less that of the same script without the attack. */
  readonly gain: number;
  /** What others lose for good. */
  readonly taken: number;
  /** What is contested. */
  readonly waiting: number;
  /** What the attack costs: deposits that are lost, fees that are burned. */
  readonly paid: number;
}

export const goals: readonly { readonly name: string; holds(figures: Figures, questions: number): boolean }[] = [
  { name: "answers to at least 200 questions", holds: (_, questions) => questions >= 200 },
  {
    name: "answers with passages: at least what k = 6 by position pays",
    holds: ({ coverage_retrieval, coverage_k6_position }) => coverage_retrieval >= coverage_k6_position,
  },
  { name: "mis-credit within a genre: at most 2 %", holds: ({ miscredit_within }) => miscredit_within <= 0.02 },
  { name: "mis-credit across genres: at most 0.3 %", holds: ({ miscredit_across }) => miscredit_across <= 0.003 },
  { name: "answers without passages: at most 0.6 %", holds: ({ coverage_closed }) => coverage_closed <= 0.006 },
  { name: "ten languages", holds: ({ sharing }) => Object.keys(sharing).length >= 10 },
  {
    name: "sharing: at most 0.5 % in each language",
    holds: ({ sharing }) => Object.values(sharing).every((share) => share <= 0.005),
  },
  { name: "rank correlation with retraining at order 5: at least 0.95", holds: ({ lds_order5 }) => lds_order5 >= 0.95 },
  {
    name: "the list of common phrases takes most of a farm's pay",
    holds: (figures) => figures.stock_phrases_listed <= figures.stock_phrases,
  },
];
