import {
  QueryDelegatorDelegationsRequest,
  QueryDelegatorDelegationsResponse,
  QueryParamsResponse,
  QueryPoolResponse,
  QueryUnbondingDelegationRequest,
  QueryUnbondingDelegationResponse,
  QueryValidatorRequest,
  QueryValidatorResponse,
  QueryValidatorsRequest,
  QueryValidatorsResponse,
} from "cosmjs-types/cosmos/staking/v1beta1/query";
import { cosmosJson, nodeOptions } from "../../client.js";
import { command } from "../../command.js";
import { keyringOptions } from "../../keyring/open.js";
import { must, opt } from "../../option.js";
import { operatorText } from "../../staking.js";
import { accountArgument, accountText } from "./account-argument.js";

const options = {
  height: opt.u64("Height of the state to read (default: the latest)."),
  ...keyringOptions,
  ...nodeOptions,
};

type Row = Readonly<Record<string, string>>;

const validatorArgument = must(opt.text("The validator: its operator's address, account or key name.", "validator"));

export default [
  command({
    path: "query staking validator",
    summary: "Show a validator: what is bonded, its status, its commission.",
    args: { validator: validatorArgument },
    options,
    example: ["query staking validator tribvaloper1... -o json"],
    async run(values, world) {
      const validatorAddr = operatorText(values.validator, values, world);
      const request = QueryValidatorRequest.encode({ validatorAddr }).finish();
      world.out.data(await cosmosJson(values, world, "staking/Validator", QueryValidatorResponse, request));
    },
  }),
  command({
    path: "query staking validators",
    summary: "List all validators, bonded or not.",
    args: {},
    options: {
      status: opt.choice("Only those of this status.", ["bonded", "unbonding", "unbonded"]),
      ...options,
    },
    example: ["query staking validators", "q staking validators --status bonded -o json"],
    async run(values, world) {
      const status = values.status === undefined ? "" : `BOND_STATUS_${values.status.toUpperCase()}`;
      const request = QueryValidatorsRequest.encode(QueryValidatorsRequest.fromPartial({ status })).finish();
      const answer = await cosmosJson(values, world, "staking/Validators", QueryValidatorsResponse, request);
      const rows = answer["validators"] as unknown as readonly Row[];
      const columns = [
        { title: "OPERATOR", cell: (row: Row) => row["operator_address"]! },
        { title: "MONIKER", cell: (row: Row) => (row["description"] as unknown as { moniker: string }).moniker },
        { title: "STATUS", cell: (row: Row) => row["status"]!.replace("BOND_STATUS_", "").toLowerCase() },
        { title: "JAILED", cell: (row: Row) => (row["jailed"] ? "yes" : "no") },
        { title: "TOKENS", cell: (row: Row) => row["tokens"]!, right: true },
      ];
      world.out.rows(rows, columns, answer);
    },
  }),
  command({
    path: "query staking delegations",
    summary: "List what an account has bonded.",
    args: { account: accountArgument },
    options,
    example: ["query staking delegations alice", "q staking delegations trib1... -o json"],
    async run(values, world) {
      const delegatorAddr = accountText(values.account, values, world);
      const request = QueryDelegatorDelegationsRequest.encode({ delegatorAddr }).finish();
      const answer = await cosmosJson(
        values,
        world,
        "staking/DelegatorDelegations",
        QueryDelegatorDelegationsResponse,
        request,
      );
      const rows = answer["delegation_responses"] as unknown as readonly {
        readonly delegation: Row;
        readonly balance: { readonly denom: string; readonly amount: string };
      }[];
      const columns = [
        { title: "VALIDATOR", cell: (row: (typeof rows)[number]) => row.delegation["validator_address"]! },
        {
          title: "BONDED",
          cell: ({ balance }: (typeof rows)[number]) => `${balance.amount}${balance.denom}`,
          right: true,
        },
      ];
      world.out.rows(rows, columns, answer);
    },
  }),
  command({
    path: "query staking params",
    summary: "Show the module's parameters.",
    args: {},
    options,
    example: ["query staking params"],
    async run(values, world) {
      world.out.data(await cosmosJson(values, world, "staking/Params", QueryParamsResponse));
    },
  }),
  command({
    path: "query staking pool",
    summary: "Show how many coins are bonded, and how many are unbonding or with validators that are not bonded.",
    args: {},
    options,
    example: ["query staking pool"],
    async run(values, world) {
      world.out.data(await cosmosJson(values, world, "staking/Pool", QueryPoolResponse));
    },
  }),
  command({
    path: "query staking unbonding-delegation",
    summary: "Show the coins that an account is unbonding from a validator, and when they are free.",
    args: { account: accountArgument, validator: validatorArgument },
    options,
    example: ["query staking unbonding-delegation alice tribvaloper1..."],
    async run(values, world) {
      const delegatorAddr = accountText(values.account, values, world);
      const validatorAddr = operatorText(values.validator, values, world);
      const request = QueryUnbondingDelegationRequest.encode({ delegatorAddr, validatorAddr }).finish();
      world.out.data(
        await cosmosJson(values, world, "staking/UnbondingDelegation", QueryUnbondingDelegationResponse, request),
      );
    },
  }),
];
