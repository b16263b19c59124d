import { QuerySupplyOfRequest, QuerySupplyOfResponse } from "cosmjs-types/cosmos/bank/v1beta1/query";
import {
  QueryParamsRequest as SlashingRequest,
  QueryParamsResponse as SlashingResponse,
} from "cosmjs-types/cosmos/slashing/v1beta1/query";
import {
  QueryParamsRequest as StakingRequest,
  QueryParamsResponse as StakingResponse,
} from "cosmjs-types/cosmos/staking/v1beta1/query";
import { isJsonObject, type JsonObject } from "#proto/codec/json-text.js";
import { amountFrom, decimalPercent, grouped } from "../../present/amount.js";
import { counted, lineOf } from "../../present/text.js";
import { spanText } from "../../present/time.js";
import { useAnswer } from "../ask.js";
import { useChain, useLive } from "../live.js";
import { cosmosJson, node } from "../node.js";
import { Amount, Card, Empty, Facts, PageHead, Raw } from "../parts/basic.js";
import { Shown } from "../parts/shown.js";

/** The chain's rules in numbers, and the node that tells them. */
export function Parameters() {
  const { chain } = useLive();
  return (
    <>
      <PageHead kind="Chain" title="Parameters">
        <p class="under">{lineOf(chain.chainId)}</p>
      </PageHead>
      <Supply />
      <Attribution />
      <div class="columns">
        <Datanets />
        <Staking />
      </div>
      <div class="columns">
        <Slashing />
        <Consensus />
      </div>
      <NodeCard />
      <Card title="Governance">
        <Empty>This version of the chain has no governance module: its parameters stand in the genesis document.</Empty>
      </Card>
    </>
  );
}

function Supply() {
  const { coinage } = useChain();
  const answer = useAnswer(
    "supply",
    () =>
      node.cosmosQuery("cosmos.bank.v1beta1.Query/SupplyOf", [QuerySupplyOfRequest, QuerySupplyOfResponse], {
        denom: coinage.base,
      }),
    true,
  );
  return (
    <Card title="Coin">
      <Shown answer={answer}>
        {({ amount }) => (
          <Facts
            rows={[
              ["Supply", <Amount of={amountFrom(amount.amount)} />],
              [
                "Written on the chain in",
                `${coinage.base}: ${grouped(String(10 ** coinage.exponent))} are one ${coinage.symbol}`,
              ],
            ]}
          />
        )}
      </Shown>
    </Card>
  );
}

function Attribution() {
  const answer = useAnswer("attribution parameters", async () => {
    const [attribution, payout, usage] = await Promise.all([
      node.query("tributary.attribution.v1.Query/Params"),
      node.query("tributary.payout.v1.Query/Params"),
      node.query("tributary.usage.v1.Query/Params"),
    ]);
    return { attribution: attribution.params, payout: payout.params, usage: usage.params };
  });
  return (
    <Card title="Use, attribution and pay">
      <Shown answer={answer}>
        {({ attribution, payout, usage }) => (
          <>
            {attribution !== undefined && payout !== undefined && usage !== undefined && (
              <Facts
                rows={[
                  ["An epoch", counted(attribution.epochBlocks, "block")],
                  ["Draws of a batch, at most", String(attribution.sampleMax)],
                  ["Time to open what is drawn", counted(attribution.windowBlocks, "block")],
                  ["Opened whole up to", counted(attribution.wholeReceiptsMax, "answer")],
                  ["Held back before pay", spanText(payout.holdBackMs)],
                  ["Owners’ revenue accrues over", spanText(payout.accrualMs)],
                  ["Smallest payment that is sent", <Amount of={payout.paymentMin} />],
                  ["A change of key waits", spanText(payout.keyChangeDelayMs)],
                  ["Smallest channel deposit", <Amount of={usage.depositMin} />],
                  ["Vouchers after closing", counted(usage.closeGraceEpochs, "epoch")],
                ]}
              />
            )}
            <Raw json={{ attribution, payout, usage }} />
          </>
        )}
      </Shown>
    </Card>
  );
}

function Datanets() {
  const answer = useAnswer("datanet parameters", () => node.query("tributary.datanet.v1.Query/Params"));
  return (
    <Card title="Datanets">
      <Shown answer={answer}>
        {({ params, fingerprintDeposit, fingerprintsTaken }) =>
          params !== undefined && (
            <Facts
              rows={[
                ["Deposit for a datanet", <Amount of={amountFrom(params.deposit)} />],
                ["Deposit for a fingerprint, now", <Amount of={amountFrom(fingerprintDeposit)} />],
                ["Least deposit of a contribution", <Amount of={amountFrom(params.contestDepositMin)} />],
                [
                  "Fingerprints",
                  `${grouped(String(fingerprintsTaken))} of ${grouped(String(params.fingerprintsMax))} taken`,
                ],
              ]}
            />
          )
        }
      </Shown>
    </Card>
  );
}

const paramsOf = (json: JsonObject): JsonObject => (isJsonObject(json["params"]) ? json["params"] : {});
/** "1814400s" as 21 days. */
const seconds = (text: unknown): string => spanText(Math.round(1000 * (Number.parseFloat(String(text)) || 0)));

function Staking() {
  const answer = useAnswer("staking parameters", () =>
    cosmosJson(
      "cosmos.staking.v1beta1.Query/Params",
      [StakingRequest, StakingResponse],
      StakingRequest.fromPartial({}),
    ),
  );
  return (
    <Card title="Staking">
      <Shown answer={answer}>
        {(json) => {
          const params = paramsOf(json);
          return (
            <Facts
              rows={[
                ["Unbonding takes", seconds(params["unbonding_time"])],
                ["Validators, at most", String(params["max_validators"])],
                ["Unbondings at once", String(params["max_entries"])],
                ["Least commission", decimalPercent(String(params["min_commission_rate"]))],
              ]}
            />
          );
        }}
      </Shown>
    </Card>
  );
}

function Slashing() {
  const answer = useAnswer("slashing parameters", () =>
    cosmosJson(
      "cosmos.slashing.v1beta1.Query/Params",
      [SlashingRequest, SlashingResponse],
      SlashingRequest.fromPartial({}),
    ),
  );
  return (
    <Card title="Slashing">
      <Shown answer={answer}>
        {(json) => {
          const params = paramsOf(json);
          return (
            <Facts
              rows={[
                ["Window", `${grouped(String(params["signed_blocks_window"]))} blocks`],
                ["To be signed of it, at least", decimalPercent(String(params["min_signed_per_window"]))],
                ["Jailed for", seconds(params["downtime_jail_duration"])],
                ["Slashed for two blocks at a height", decimalPercent(String(params["slash_fraction_double_sign"]))],
                ["Slashed for downtime", decimalPercent(String(params["slash_fraction_downtime"]))],
              ]}
            />
          );
        }}
      </Shown>
    </Card>
  );
}

function Consensus() {
  const answer = useAnswer("consensus parameters", () => node.call("consensus_params", {}));
  return (
    <Card title="Consensus">
      <Shown answer={answer}>
        {({ consensus_params: { block, evidence, synchrony } }) => (
          <Facts
            rows={[
              ["Largest block", `${grouped(block.max_bytes)} bytes`],
              ["Most gas of a block", block.max_gas === "-1" ? "no limit" : grouped(block.max_gas)],
              ["Evidence is taken for", spanText(BigInt(evidence.max_age_duration) / 1_000_000n)],
              ["Clocks may differ by", spanText(BigInt(synchrony.precision) / 1_000_000n)],
              ["A proposal may travel", spanText(BigInt(synchrony.message_delay) / 1_000_000n)],
            ]}
          />
        )}
      </Shown>
    </Card>
  );
}

function NodeCard() {
  const { status } = useLive();
  const answer = useAnswer(
    "node",
    async () => {
      const [{ node_info: info }, net, pool] = await Promise.all([
        node.call("status", {}),
        node.call("net_info", {}),
        node.call("num_unconfirmed_txs", {}),
      ]);
      return { info, peers: net.n_peers, waiting: pool.total };
    },
    true,
  );
  return (
    <Card title="The node that answers">
      <Shown answer={answer}>
        {({ info, peers, waiting }) => (
          <Facts
            rows={[
              ["Name", <bdi>{lineOf(info.moniker)}</bdi>],
              ["Version", lineOf(info.version)],
              ["Peers", peers],
              ["Transactions that wait", grouped(waiting)],
              ["Keeps blocks from", grouped(String(status.earliestHeight))],
              ["State", status.catchingUp ? "catching up" : "up to date"],
            ]}
          />
        )}
      </Shown>
    </Card>
  );
}
