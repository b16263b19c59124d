/** Why a token, or another part of a pool, is unpaid. Codes are permanent: events and statements contain them. */
export const residualReasons = {
  promptEcho: 1, //  the user's own text holds the window
  common: 2, //      the window is on the list of common phrases
  repeated: 3, //    the answer held the window before
  unmatched: 4, //   no contribution stands for a window over it
  notEligible: 5, // only those stand for it who are not eligible
  noTokens: 6, //    the answer has no token
  withheld: 7, //    the drawn receipt was not opened
  rounding: 8, //    what the divisions cut off
  notAudited: 9, //  the fee was paid, but no audited receipt stands for it
} as const;
