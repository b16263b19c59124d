import { codespace } from "../rejection.js";

/** Why a piece of evidence is refused. Codes below 10 are left to the Cosmos SDK's module of this name. */
export const evidenceErrors = codespace("evidence", {
  kind: 10, // none of the kinds, or several
  malformed: 11, // { field }
  notYet: 12, // { height, tip }: of a height that is not committed here
  expired: 13, // { height }: older than both ages of the parameters
  time: 14, // { time, want }: not that of the block at its height
  notValidator: 15, // { height }: its signer had no power there
  place: 16, // { field }: the two are of different heights, rounds, types or validators
  noConflict: 17, // both say the same
  order: 18, // not in canonical order
  power: 19, // { field, want }
  signature: 20, // { why }
  notOurs: 21, // { height }: the trusted header is not this chain's
  notTrusted: 22, // { power, total }: too little of the common set signed to fool anybody
  noCulprits: 23, // signed in different rounds: who forgot a lock cannot be told from it
  culprits: 24, // { want }: names others than the evidence itself does
  punished: 25, // everybody whom it names is punished already
  twice: 26, // { index }: names nobody whom the block has not named before
  tooLarge: 27, // { bytes, max }: all pieces of a block together
});
