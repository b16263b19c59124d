import { readFileSync } from "node:fs";
import { fromBase64 } from "#proto/base64.js";
import type { Bytes } from "#proto/bytes.js";
import { fromBech32, toBech32 } from "#proto/crypto/address.js";
import { decimalAtomics } from "#proto/tx/decimal.js";
import {
  cancelUnbonding,
  createValidator,
  delegate,
  DESCRIPTION_KEPT,
  editValidator,
  undelegate,
  type NewValidator,
} from "#proto/tx/staking.js";
import { parseCoin } from "../../coins.js";
import { command } from "../../command.js";
import { usage } from "../../fault.js";
import { must, opt } from "../../option.js";
import { operatorText } from "../../staking.js";
import { txOptions } from "../../tx/options.js";
import { runTx } from "../../tx/run.js";
import type { ChainTerms } from "../../world.js";

const rate = (text: string): string => {
  const atomics = decimalAtomics(text);
  if (atomics !== undefined) return atomics;
  throw usage(`"${text}" is not a rate`, "a decimal with at most 18 digits after the point, like 0.1");
};

const coinOf = (text: string, terms: ChainTerms) => {
  const { denom, amount } = parseCoin(text, terms);
  return { denom, amount: amount.toString() };
};

/** The operator of an account that signs. */
const ownOperator = (signer: string, { prefix }: ChainTerms): string =>
  toBech32(`${prefix}valoper`, fromBech32(prefix, signer)!);

const validatorArgument = must(opt.text("The validator: its operator's address, account or key name.", "validator"));

function readValidator(path: string, terms: ChainTerms): Omit<NewValidator, "operator"> {
  let json: Readonly<Record<string, unknown>>;
  try {
    json = JSON.parse(readFileSync(path, "utf8")) as typeof json;
  } catch (cause) {
    throw usage(`${path} cannot be read as JSON`, cause instanceof Error ? cause.message : undefined);
  }
  const text = (name: string, fallback?: string): string => {
    const value = json[name] ?? fallback;
    if (typeof value === "string") return value;
    throw usage(`${path}: "${name}" is missing or is not text`);
  };
  return {
    publicKey: consensusKey(path, json["pubkey"]),
    value: coinOf(text("amount"), terms),
    description: {
      moniker: text("moniker"),
      identity: text("identity", ""),
      website: text("website", ""),
      securityContact: text("security", ""),
      details: text("details", ""),
    },
    commission: {
      rate: rate(text("commission-rate", "0.1")),
      maxRate: rate(text("commission-max-rate", "0.2")),
      maxChangeRate: rate(text("commission-max-change-rate", "0.01")),
    },
    minSelfDelegation: text("min-self-delegation", "1"),
  };
}

function consensusKey(path: string, json: unknown): Bytes {
  const { "@type": type, key } = (json ?? {}) as { readonly "@type"?: unknown; readonly key?: unknown };
  const bytes = typeof key === "string" ? fromBase64(key) : undefined;
  if (type === "/cosmos.crypto.ed25519.PubKey" && bytes?.length === 32) return bytes;
  throw usage(`${path}: "pubkey" is not a consensus key`, "what `tribd comet show-validator` prints");
}

export default [
  command({
    path: "tx staking create-validator",
    summary: "Create a validator and bond coins for it.",
    details: `The file is JSON, as Cosmos operators write it:
  {
    "pubkey": {"@type":"/cosmos.crypto.ed25519.PubKey","key":"..."},   (tribd comet show-validator)
    "amount": "1000000trib",
    "moniker": "my validator",
    "identity": "", "website": "", "security": "", "details": "",
    "commission-rate": "0.1",
    "commission-max-rate": "0.2",
    "commission-max-change-rate": "0.01",
    "min-self-delegation": "1"
  }
The validator decides two blocks later, when enough is bonded. Commission maximums can never be changed.`,
    args: { file: must(opt.text("The JSON file.", "path")) },
    options: txOptions,
    example: ["tx staking create-validator ./validator.json --from alice"],
    async run(values, world) {
      const { terms } = world;
      const validator = readValidator(values.file, terms);
      return await runTx(values, world, (signer) => [
        createValidator({ ...validator, operator: ownOperator(signer, terms) }),
      ]);
    },
  }),
  command({
    path: "tx staking edit-validator",
    summary: "Change the description, commission or minimum self-delegation of your validator; other fields stay.",
    args: {},
    options: {
      newMoniker: opt.text("Its name."),
      identity: opt.text("A key fingerprint that shows who it is."),
      website: opt.text("Its website.", "url"),
      securityContact: opt.text("Where to report a problem.", "contact"),
      details: opt.text("More words."),
      commissionRate: opt.of("New commission, like 0.1; once a day.", "rate", rate),
      minSelfDelegation: opt.u64("What is always bonded, in base units; it only grows.", "amount"),
      ...txOptions,
    },
    example: ["tx staking edit-validator --commission-rate 0.12 --from alice"],
    async run(values, world) {
      return await runTx(values, world, (signer) => [
        editValidator({
          description: {
            moniker: values.newMoniker ?? DESCRIPTION_KEPT,
            identity: values.identity ?? DESCRIPTION_KEPT,
            website: values.website ?? DESCRIPTION_KEPT,
            securityContact: values.securityContact ?? DESCRIPTION_KEPT,
            details: values.details ?? DESCRIPTION_KEPT,
          },
          validatorAddress: ownOperator(signer, world.terms),
          commissionRate: values.commissionRate ?? "",
          minSelfDelegation: values.minSelfDelegation?.toString() ?? "",
        }),
      ]);
    },
  }),
  command({
    path: "tx staking delegate",
    summary: "Bond more coins to your own validator.",
    args: { validator: validatorArgument, amount: must(opt.text("How much, as 12.5trib.", "amount")) },
    options: txOptions,
    example: ["tx staking delegate tribvaloper1... 100trib --from alice"],
    async run(values, world) {
      const operator = operatorText(values.validator, values, world);
      const amount = coinOf(values.amount, world.terms);
      return await runTx(values, world, (signer) => [delegate(signer, operator, amount)]);
    },
  }),
  command({
    path: "tx staking unbond",
    summary: "Unbond coins from your own validator; they are free after the unbonding time.",
    args: { validator: validatorArgument, amount: must(opt.text("How much, as 12.5trib.", "amount")) },
    options: txOptions,
    example: ["tx staking unbond tribvaloper1... 100trib --from alice"],
    async run(values, world) {
      const operator = operatorText(values.validator, values, world);
      const amount = coinOf(values.amount, world.terms);
      return await runTx(values, world, (signer) => [undelegate(signer, operator, amount)]);
    },
  }),
  command({
    path: "tx staking cancel-unbond",
    summary: "Cancel an unbonding that is not complete, and bond its coins again.",
    args: {
      validator: validatorArgument,
      amount: must(opt.text("How much, as 12.5trib.", "amount")),
      creationHeight: must(opt.u64("The height at which it began to unbond.", "height")),
    },
    options: txOptions,
    example: ["tx staking cancel-unbond tribvaloper1... 100trib 4711 --from alice"],
    async run(values, world) {
      const operator = operatorText(values.validator, values, world);
      const amount = coinOf(values.amount, world.terms);
      const { creationHeight } = values;
      return await runTx(values, world, (signer) => [cancelUnbonding(signer, operator, amount, creationHeight)]);
    },
  }),
];
