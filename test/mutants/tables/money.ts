import type { Mutant } from "../mutant.js";

/** Who pays: for what it signed while its stake backed it, and for the work that it makes others do. */
export const money: readonly Mutant[] = [
  {
    name: "what left in the block before an infraction pays nothing",
    rule: "M1",
    file: "state/modules/staking/unbondings.js",
    from: "return creationHeight + 1n;",
    to: "return creationHeight;",
  },
  {
    name: "what came in after an infraction pays",
    rule: "M1",
    file: "state/modules/staking/slash.js",
    from: "min(min(own, balance), amount - unbonding)",
    to: "min(own, balance)",
  },
  {
    name: "what unbonds is free while evidence may come",
    rule: "M1",
    file: "state/modules/staking/unbondings.js",
    from: "last !== undefined && block.time - last.time",
    to: "false && block.time - last.time",
  },
  {
    name: "keys behind signers are not counted",
    rule: "M2",
    file: "proto/tx/decode.js",
    from: "keys += keyCount(key);",
    to: "keys += 1;",
  },
  {
    name: "fields are not counted",
    rule: "M2",
    file: "proto/tx/decode.js",
    from: "if (fields > FIELDS_PER_TX_MAX)",
    to: "if (false)",
  },
  {
    name: "signatures are verified before the fee is offered",
    rule: "M2",
    file: "state/ante.js",
    from: "if (amount >= feeMin)",
    to: "if (true)",
  },
  {
    name: "gas does not pay for signatures",
    rule: "M2",
    file: "state/ante.js",
    from: "gas.consume(GAS.perSecp256k1Signature * BigInt(signatures) + GAS.perFurtherSignature * BigInt(signatures - 1));",
    to: "",
  },
  {
    name: "a document is made for every key",
    rule: "M2",
    file: "state/signatures.js",
    from: "if (signed === undefined)",
    to: "if (true)",
  },
  {
    name: "a refusal for good is forgotten",
    rule: "M2",
    file: "node/mempool/refused.js",
    from: "if (why.lasting !== true)",
    to: "if (true)",
  },
  {
    name: "a refusal that may heal is remembered",
    rule: "M2",
    file: "node/mempool/refused.js",
    from: "if (why.lasting !== true)",
    to: "if (false)",
  },
];
