import type { Mutant } from "../mutant.js";

const file = "proto/types/validators.js";

/** Who counts how much, and whose turn it is. */
export const validators: readonly Mutant[] = [
  {
    name: "two thirds exactly are a quorum",
    rule: "T10",
    file,
    from: "3n * power > 2n * total",
    to: "3n * power >= 2n * total",
  },
  {
    name: "a third exactly holds one honest",
    rule: "T11",
    file,
    from: "3n * power > total",
    to: "3n * power >= total",
  },
  {
    name: "one validator stands in a set twice",
    rule: "V2",
    file,
    from: "if (equalBytes(addresses[i - 1], addresses[i]))",
    to: "if (false)",
  },
  { name: "total power has no bound", rule: "V2", file, from: "if (totalPower > TOTAL_POWER_MAX)", to: "if (false)" },
  {
    name: "priorities are not scaled",
    rule: "V3",
    file,
    from: "centred(scaled(set.members, set.totalPower))",
    to: "centred(set.members)",
  },
  {
    name: "priorities are not centred",
    rule: "V3",
    file,
    from: "centred(scaled(set.members, set.totalPower))",
    to: "scaled(set.members, set.totalPower)",
  },
  {
    name: "a proposer pays its own power",
    rule: "V3",
    file,
    from: "priority: member.priority - set.totalPower }",
    to: "priority: member.priority - member.power }",
  },
  {
    name: "the highest address wins a tie",
    rule: "V3",
    file,
    from: "compareBytes(member.address, best.address) < 0",
    to: "compareBytes(member.address, best.address) > 0",
  },
  {
    name: "priorities of a header are not checked",
    rule: "V4",
    file: "node/chain/validate.js",
    from: "equalBytes(header.prioritiesRoot, prioritiesRoot(",
    to: "equalBytes(header.prioritiesRoot, header.prioritiesRoot) || equalBytes(header.prioritiesRoot, prioritiesRoot(",
  },
];
