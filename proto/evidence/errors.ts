import { codespace } from "../rejection.js";

/** Reasons to reject evidence. Codes below 10 are left to the Cosmos SDK's module of this name. */
export const evidenceErrors = codespace("evidence", {
  kind: 10, // not exactly one kind
  malformed: 11, // { field }
  notYet: 12, // { height, tip }: its height is not committed here
  expired: 13, // { height }: older than both ages of the parameters
  time: 14, // { time, want }: not the time of the block at its height
  notValidator: 15, // { height }: the signer was not a validator at that height
  place: 16, // { field }: the two differ in height, round, type or validator
  noConflict: 17, // both have the same content
  order: 18, // not in canonical order
  power: 19, // { field, want }
  signature: 20, // { why }
  notOurs: 21, // { height }: the trusted header is not this chain's
  notTrusted: 22, // { power, total }: the common set's signers have too little power to deceive a light client
  noCulprits: 23, // signed in different rounds: the evidence does not prove who dropped a lock (amnesia)
  culprits: 24, // { want }: the listed validators are not those that the evidence proves guilty
  punished: 25, // all its validators are tombstoned already
  twice: 26, // { index }: earlier evidence of the block already names all its validators
  tooLarge: 27, // { bytes, max }: the evidence of a block together
});
