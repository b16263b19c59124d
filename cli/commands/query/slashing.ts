import {
  QueryParamsResponse,
  QuerySigningInfoRequest,
  QuerySigningInfoResponse,
  QuerySigningInfosRequest,
  QuerySigningInfosResponse,
} from "cosmjs-types/cosmos/slashing/v1beta1/query";
import type { Bytes } from "#proto/bytes.js";
import type { JsonObject } from "#proto/codec/json-text.js";
import type { CosmosType } from "#proto/codec/cosmos.js";
import { cosmosToJson } from "#proto/tx/cosmos-json.js";
import { connect, nodeOptions, queryBytes, type NodeValues } from "../../client.js";
import { command } from "../../command.js";
import { must, opt } from "../../option.js";
import type { World } from "../../world.js";

const options = { height: opt.u64("Height of the state to read (default: the latest)."), ...nodeOptions };
const NOTHING = new Uint8Array(0);

async function ask<T>(
  values: NodeValues & { readonly height: bigint | undefined },
  world: World,
  name: string,
  request: Bytes,
  response: CosmosType<T>,
): Promise<JsonObject> {
  const path = `/cosmos.slashing.v1beta1.Query/${name}`;
  const answer = await queryBytes(connect(values, world), path, request, values.height);
  return cosmosToJson(response, response.decode(answer));
}

export default [
  command({
    path: "query slashing signing-info",
    summary: "Show the signing info of a validator: its first height, and whether it is jailed or tombstoned.",
    args: { address: must(opt.text("Its consensus address, as `tribd comet show-address` prints it.", "valcons")) },
    options,
    example: ["query slashing signing-info tribvalcons1... -o json"],
    async run(values, world) {
      const request = QuerySigningInfoRequest.encode({ consAddress: values.address }).finish();
      world.out.data(await ask(values, world, "SigningInfo", request, QuerySigningInfoResponse));
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
      const answer = await ask(values, world, "SigningInfos", request, QuerySigningInfosResponse);
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
      world.out.data(await ask(values, world, "Params", NOTHING, QueryParamsResponse));
    },
  }),
];
