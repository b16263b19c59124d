import { field } from "../../message/fields.js";
import { columns, queryCommand } from "../../message/query-command.js";

const path = (name: string): string => `/tributary.usage.v1.Query/${name}`;

/** Of a provider's record, which is absent before its first batch is settled. */
const recordColumns = (...names: readonly (readonly [title: string, field: string])[]) =>
  names.map(([title, name]) => ({
    title,
    cell: ({ record }: Record<string, unknown>): string =>
      String((record as Readonly<Record<string, unknown>> | null)?.[name] ?? 0),
    right: true as const,
  }));

export default [
  queryCommand({
    path: "query usage channel",
    query: path("Channel"),
    request: "tributary.usage.v1.QueryChannelRequest",
    response: "tributary.usage.v1.QueryChannelResponse",
    summary: "Show a channel: its deposit, what is redeemed, its last nonce.",
    args: { channelId: field.id("The channel.") },
    example: ["query usage channel 1"],
  }),
  queryCommand({
    path: "query usage channels",
    query: path("Channels"),
    request: "tributary.usage.v1.QueryChannelsRequest",
    response: "tributary.usage.v1.QueryChannelsResponse",
    summary: "List the channels: all, or those of one consumer or one provider.",
    flags: {
      consumer: field.address("Only the channels of this consumer."),
      provider: field.address("Only the channels of this provider."),
    },
    list: {
      field: "channels",
      id: "id",
      columns: columns(
        ["ID", "id", "right"],
        ["VERSION", "version_id", "right"],
        ["CONSUMER", "consumer"],
        ["PROVIDER", "provider"],
        ["DEPOSIT", "deposit", "right"],
        ["REDEEMED", "redeemed", "right"],
        ["STATUS", "status"],
      ),
    },
    example: ["query usage channels", "query usage channels --consumer grace -q"],
  }),
  queryCommand({
    path: "query usage providers",
    query: path("Providers"),
    request: "tributary.usage.v1.QueryProvidersRequest",
    response: "tributary.usage.v1.QueryProvidersResponse",
    summary: "List who serves a version, where, and what their settled batches say: openings in time, forfeits, fees.",
    args: { versionId: field.id("The version.") },
    list: {
      field: "providers",
      id: "provider",
      columns: [
        ...columns(["PROVIDER", "provider"], ["URL", "url"], ["VALID", "valid"]),
        ...recordColumns(
          ["BATCHES", "batches"],
          ["DRAWN", "drawn"],
          ["OPENED", "opened"],
          ["FORFEITED", "forfeited"],
          ["FEES", "fees"],
          ["SELF-PAID", "self_dealt"],
        ),
      ],
    },
    example: ["query usage providers 1", "query usage providers 1 -o json"],
  }),
  queryCommand({
    path: "query usage totals",
    query: path("Totals"),
    request: "tributary.usage.v1.QueryTotalsRequest",
    response: "tributary.usage.v1.QueryTotalsResponse",
    summary: "Show where all fees went: burned, validators, paid, pending, residual, forfeited.",
    example: ["query usage totals -o json"],
  }),
  queryCommand({
    path: "query usage params",
    query: path("Params"),
    request: "tributary.usage.v1.QueryParamsRequest",
    response: "tributary.usage.v1.QueryParamsResponse",
    summary: "Show the module's parameters.",
    example: ["query usage params"],
  }),
];
