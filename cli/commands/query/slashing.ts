import {
  QueryParamsResponse,
  QuerySigningInfoRequest,
  QuerySigningInfoResponse,
  QuerySigningInfosRequest,
  QuerySigningInfosResponse,
} from "cosmjs-types/cosmos/slashing/v1beta1/query";
import { cosmosJson, nodeOptions } from "../../client.js";
import { command } from "../../command.js";
import { must, opt } from "../../option.js";

const options = { height: opt.u64("Height of the state to read (default: the latest)."), ...nodeOptions };

export default [
  command({
    path: "query slashing signing-info",
    summary: "Show the signing info of a validator: its first height, and whether it is jailed or tombstoned.",
    args: { address: must(opt.text("Its consensus address, as `tribd comet show-address` prints it.", "valcons")) },
    options,
    example: ["query slashing signing-info tribvalcons1... -o json"],
    async run(values, world) {
      const request = QuerySigningInfoRequest.encode({ consAddress: values.address }).finish();
      world.out.data(await cosmosJson(values, world, "slashing/SigningInfo", QuerySigningInfoResponse, request));
    },
  }),
  command({
    path: "query slashing signing-infos",
    summary: "List the signing info of all validators.",
    args: {},
    options,
    example: ["query slashing signing-infos -o json"],
    async run(values, world) {
      const request = QuerySigningInfosRequest.encode(QuerySigningInfosRequest.fromPartial({})).finish();
      const answer = await cosmosJson(values, world, "slashing/SigningInfos", QuerySigningInfosResponse, request);
      const rows = answer["info"] as unknown as readonly Readonly<Record<string, string>>[];
      const column = (title: string, name: string) => ({
        title,
        cell: (row: (typeof rows)[number]) => String(row[name]),
      });
      const columns = [
        column("ADDRESS", "address"),
        column("SINCE HEIGHT", "start_height"),
        column("JAILED UNTIL", "jailed_until"),
        column("TOMBSTONED", "tombstoned"),
        column("MISSED BLOCKS", "missed_blocks_counter"),
      ];
      world.out.rows(rows, columns, answer);
    },
  }),
  command({
    path: "query slashing params",
    summary: "Show the parameters: slashing fractions and jail times.",
    args: {},
    options,
    example: ["query slashing params"],
    async run(values, world) {
      world.out.data(await cosmosJson(values, world, "slashing/Params", QueryParamsResponse));
    },
  }),
];
