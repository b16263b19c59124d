import { present } from "#proto/assert.js";
import { message } from "#proto/codec/message.js";
import type { Messages } from "#proto/codec/message.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import { ownQuery, type QueryContext, type QueryHandler } from "../../module.js";
import { paginate } from "../../pagination.js";
import { invalidArgument, notFound } from "../../query.js";
import { u64Key } from "../../store/key-codec.js";
import { messageValue } from "../../store/value-codec.js";
import { providerRecord } from "../attribution/index.js";
import { paramsOf } from "./channels.js";
import { whereFeesAre } from "./where-fees-are.js";
import { byConsumer, byProvider, channels, endpoints } from "./keys.js";

const endpointValue = messageValue(message("tributary.usage.v1.Endpoint"));
const channelValue = messageValue(message("tributary.usage.v1.Channel"));

type ChannelsRequest = Messages["tributary.usage.v1.QueryChannelsRequest"];
type ChannelsResponse = Messages["tributary.usage.v1.QueryChannelsResponse"];

function channelList(context: QueryContext, asked: ChannelsRequest): ChannelsResponse | Rejection {
  const { view, address } = context;
  if (asked.consumer === "" && asked.provider === "") {
    const page = paginate(view, channels.prefix, asked.pagination);
    if (isRejection(page)) return page;
    const list = page.entries.map(([, value]) => channelValue.decode(value));
    return { channels: list, pagination: page.pagination };
  }
  if (asked.consumer !== "" && asked.provider !== "") return invalidArgument("either consumer or provider");
  const [table, text] = asked.consumer !== "" ? [byConsumer, asked.consumer] : [byProvider, asked.provider];
  const person = address.parse(text);
  if (person === undefined) return invalidArgument(`${text} is not an account address of this chain`);
  const prefix = table.key([person]);
  const page = paginate(view, prefix, asked.pagination);
  if (isRejection(page)) return page;
  const ids = page.entries.map(([key]) => u64Key.decode(key, prefix.length).value);
  return { channels: ids.map((id) => channels.get(view, [id])!), pagination: page.pagination };
}

type ProvidersRequest = Messages["tributary.usage.v1.QueryProvidersRequest"];
type ProvidersResponse = Messages["tributary.usage.v1.QueryProvidersResponse"];

/** A page of the endpoints of a version, each with one look-up for its record. */
function providerList(
  { view, address, time }: QueryContext,
  { versionId, pagination }: ProvidersRequest,
): ProvidersResponse | Rejection {
  const page = paginate(view, endpoints.key([versionId]), pagination);
  if (isRejection(page)) return page;
  const providers = page.entries.map(([, value]) => {
    const { provider, url, validUntil } = endpointValue.decode(value);
    const key = present(address.parse(provider), "a stored provider is an address");
    return { provider, url, validUntil, valid: validUntil > time, record: providerRecord(view, versionId, key) };
  });
  return { providers, pagination: page.pagination };
}

/** Queries of the module. */
export const queries: Readonly<Record<string, QueryHandler>> = {
  ...ownQuery(
    "/tributary.usage.v1.Query/Params",
    "tributary.usage.v1.QueryParamsRequest",
    "tributary.usage.v1.QueryParamsResponse",
    ({ view }) => ({ params: paramsOf(view) }),
  ),
  ...ownQuery(
    "/tributary.usage.v1.Query/Channel",
    "tributary.usage.v1.QueryChannelRequest",
    "tributary.usage.v1.QueryChannelResponse",
    ({ view }, { channelId }) => {
      const channel = channels.get(view, [channelId]);
      return channel === undefined ? notFound(`channel ${channelId}`) : { channel };
    },
  ),
  ...ownQuery(
    "/tributary.usage.v1.Query/Channels",
    "tributary.usage.v1.QueryChannelsRequest",
    "tributary.usage.v1.QueryChannelsResponse",
    channelList,
  ),
  ...ownQuery(
    "/tributary.usage.v1.Query/Providers",
    "tributary.usage.v1.QueryProvidersRequest",
    "tributary.usage.v1.QueryProvidersResponse",
    providerList,
  ),
  ...ownQuery(
    "/tributary.usage.v1.Query/Totals",
    "tributary.usage.v1.QueryTotalsRequest",
    "tributary.usage.v1.QueryTotalsResponse",
    ({ view }) => whereFeesAre(view),
  ),
};
