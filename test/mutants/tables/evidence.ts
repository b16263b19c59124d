import type { Mutant } from "../mutant.js";

const judge = "proto/evidence/judge.js";
const duplicate = "proto/evidence/duplicate.js";
const certificate = "proto/light/certificate.js";
const signed = "proto/light/signed.js";

/** What is verified before it counts, and what convicts. */
export const evidence: readonly Mutant[] = [
  {
    name: "a certificate's signatures are believed",
    rule: "B2, T10",
    file: certificate,
    from: "if (!verifyEd25519(signature, signBytes, keys[at]))",
    to: "if (false)",
  },
  {
    name: "one signature of a certificate counts twice",
    rule: "S5, T10",
    file: certificate,
    from: "if (index <= last)\nreturn",
    to: "if (index < last)\nreturn",
  },
  {
    name: "a certificate of a third is one",
    rule: "T10",
    file: certificate,
    from: "if (!isQuorum(power, set.totalPower))",
    to: "if (!isOneHonest(power, set.totalPower))",
  },
  {
    name: "a vote's signature is believed",
    rule: "B2",
    file: signed,
    from: "const good = verifyEd25519(vote.signature, voteSignBytes(chainId, vote), member.pubKey);",
    to: "const good = true;",
  },
  {
    name: "a vote's index and address may differ",
    rule: "BT2",
    file: signed,
    from: "return equalBytes(member.address, address) ? member",
    to: "return true ? member",
  },
  {
    name: "the same vote twice is evidence",
    rule: "E1",
    file: "proto/evidence/conflict.js",
    from: "a.round === b.round && !equalBlockIds(a.blockId, b.blockId);",
    to: "a.round === b.round;",
  },
  {
    name: "the signatures of evidence are believed",
    rule: "E1",
    file: duplicate,
    from: "const signed = [a, b].every((vote) =>",
    to: "const signed = true || [a, b].every((vote) =>",
  },
  {
    name: "evidence stands in either order",
    rule: "E1",
    file: duplicate,
    from: "if (compareVotes(a, b) > 0)",
    to: "if (false)",
  },
  {
    name: "evidence may say any power",
    rule: "E1",
    file: judge,
    from: "if (piece.validatorPower !== power)",
    to: "if (false)",
  },
  {
    name: "evidence expires by one of its ages",
    rule: "E2",
    file: judge,
    from: "past.height > evidenceAgeBlocksMax && now.time",
    to: "past.height > evidenceAgeBlocksMax || now.time",
  },
  {
    name: "evidence may say any time",
    rule: "E5",
    file: judge,
    from: "if (piece.time !== block.time)",
    to: "if (false)",
  },
  {
    name: "the named culprits of an attack may be others",
    rule: "E3",
    file: "proto/evidence/attack.js",
    from: "named.length !== guilty.length || !guilty.every(same)",
    to: "named.length !== guilty.length",
  },
];
