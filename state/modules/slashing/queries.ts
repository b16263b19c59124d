import { Timestamp } from "cosmjs-types/google/protobuf/timestamp";
import {
  QueryParamsRequest,
  QueryParamsResponse,
  QuerySigningInfoRequest,
  QuerySigningInfoResponse,
  QuerySigningInfosRequest,
  QuerySigningInfosResponse,
} from "cosmjs-types/cosmos/slashing/v1beta1/query";
import type { ValidatorSigningInfo } from "cosmjs-types/cosmos/slashing/v1beta1/slashing";
import { utf8, type Bytes } from "#proto/bytes.js";
import { cosmos } from "#proto/codec/cosmos.js";
import { message } from "#proto/codec/message.js";
import { fromBech32 } from "#proto/crypto/address.js";
import { isRejection } from "#proto/rejection.js";
import type { QueryHandler } from "../../module.js";
import { paginate } from "../../pagination.js";
import { invalidArgument, notFound } from "../../query.js";
import { addressKey } from "../../store/key-codec.js";
import { messageValue } from "../../store/value-codec.js";
import { chainConfig } from "../chain/index.js";
import { consensusText, paramsOf, type SigningInfo } from "./infos.js";
import { infos } from "./keys.js";

const codecs = {
  params: cosmos(QueryParamsRequest),
  info: cosmos(QuerySigningInfoRequest),
  infos: cosmos(QuerySigningInfosRequest),
};
const infoValue = messageValue(message("tributary.slashing.v1.SigningInfo"));

/** Queries of the module. */
export const queries: Readonly<Record<string, QueryHandler>> = {
  "/cosmos.slashing.v1beta1.Query/Params"({ view }, request) {
    const asked = codecs.params.decode(request);
    if (isRejection(asked)) return asked;
    const { signedBlocksWindow, minSignedPerWindow, downtimeJailMs, ...fractions } = paramsOf(view);
    const params = {
      signedBlocksWindow,
      minSignedPerWindow: share(minSignedPerWindow),
      downtimeJailDuration: { seconds: downtimeJailMs / 1000n, nanos: Number(downtimeJailMs % 1000n) * 1_000_000 },
      slashFractionDoubleSign: share(fractions.slashFractionDoubleSign),
      slashFractionDowntime: share(fractions.slashFractionDowntime),
    };
    return QueryParamsResponse.encode({ params }).finish();
  },
  "/cosmos.slashing.v1beta1.Query/SigningInfo"({ view }, request) {
    const asked = codecs.info.decode(request);
    if (isRejection(asked)) return asked;
    const { bech32Prefix } = chainConfig(view);
    const address = fromBech32(`${bech32Prefix}valcons`, asked.consAddress);
    if (address === undefined) return invalidArgument(`${asked.consAddress} is not a consensus address of this chain`);
    const info = infos.get(view, [address]);
    if (info === undefined) return notFound(`SigningInfo for validator ${asked.consAddress}`);
    return QuerySigningInfoResponse.encode({ valSigningInfo: shown(bech32Prefix, address, info) }).finish();
  },
  "/cosmos.slashing.v1beta1.Query/SigningInfos"({ view }, request) {
    const asked = codecs.infos.decode(request);
    if (isRejection(asked)) return asked;
    const page = paginate(view, infos.prefix, asked.pagination);
    if (isRejection(page)) return page;
    const { bech32Prefix } = chainConfig(view);
    const info = page.entries.map(([key, value]) =>
      shown(bech32Prefix, addressKey.decode(key, infos.prefix.length).value, infoValue.decode(value)),
    );
    return QuerySigningInfosResponse.encode({ info, pagination: page.pagination }).finish();
  },
};

/** A decimal of the Cosmos SDK in bytes: its text, scaled by 10^18. */
const share = (scaled: bigint): Bytes => utf8(scaled.toString());

/** Missed blocks are not counted, because downtime is not slashed. */
function shown(
  prefix: string,
  address: Bytes,
  { startHeight, jailedUntil, tombstoned }: SigningInfo,
): ValidatorSigningInfo {
  return {
    address: consensusText(prefix, address),
    startHeight,
    indexOffset: 0n,
    jailedUntil: Timestamp.fromPartial({
      seconds: jailedUntil / 1000n,
      nanos: Number(jailedUntil % 1000n) * 1_000_000,
    }),
    tombstoned,
    missedBlocksCounter: 0n,
  };
}
