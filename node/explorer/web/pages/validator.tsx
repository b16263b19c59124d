import { isJsonObject } from "#proto/codec/json-text.js";
import { QuerySigningInfoRequest, QuerySigningInfoResponse } from "cosmjs-types/cosmos/slashing/v1beta1/query";
import {
  QueryValidatorDelegationsRequest,
  QueryValidatorDelegationsResponse,
} from "cosmjs-types/cosmos/staking/v1beta1/query";
import { amountFrom, decimalPercent, grouped } from "../../present/amount.js";
import { blockOf } from "../../present/text.js";
import { timeFrom } from "../../present/time.js";
import { uptimeOf, votesOf } from "../../present/uptime.js";
import { useAnswer } from "../ask.js";
import { useChain, useLive } from "../live.js";
import { cosmosJson, isNotFound, node } from "../node.js";
import { Amount, Badge, Card, Empty, Facts, Id, PageHead, Stat, Time, Title } from "../parts/basic.js";
import { NotThere } from "../parts/by-slug.js";
import { LiveRound } from "../parts/round.js";
import { Paged, Shown } from "../parts/shown.js";
import { Table, type Column } from "../parts/table.js";
import { UptimeGrid, uptimeWords } from "../parts/uptime.js";
import { readCommits, readValidators, UPTIME_BLOCKS, type ValidatorView } from "../read-validators.js";
import { ValidatorState } from "./validators.js";

/** By operator, by the consensus key's bech32 or by its hex. */
export function Validator({ text }: { readonly text: string }) {
  const { prefix } = useChain();
  const answer = useAnswer("validators", () => readValidators(prefix), true);
  return (
    <Shown answer={answer}>
      {(rows) => {
        const found = rows.find(
          ({ operator, consensus, address }) =>
            operator === text || consensus === text || address === text.toUpperCase(),
        );
        return found === undefined ? <NotThere kind="Validator" name={text} /> : <Existing validator={found} />;
      }}
    </Shown>
  );
}

function Existing({ validator }: { readonly validator: ValidatorView }) {
  const { status } = useLive();
  const { address, operator, consensus, commission } = validator;
  const uptime = useAnswer("uptime", () => readCommits(status.height, status.earliestHeight), true);
  const power = useAnswer("set", () => node.validators(), true);
  const votes = uptime.value && votesOf(address, uptime.value.members, uptime.value.commits);
  const share = votes && uptimeOf(votes);
  const member = power.value?.find((each) => each.address === address);
  return (
    <>
      <PageHead kind="Validator" title={<Title text={validator.moniker} />}>
        <p class="under">
          <ValidatorState of={validator} />
          <Id id={operator} what="the operator's address" />
        </p>
      </PageHead>
      <dl class="stats">
        <Stat name="Bonded">
          <Amount of={validator.tokens} />
        </Stat>
        <Stat name="Voting power" note={member === undefined ? "not in the set" : "in the newest set"}>
          {grouped(member?.voting_power ?? "0")}
        </Stat>
        <Stat name="Commission" note={`at most ${decimalPercent(commission.max)}`}>
          {decimalPercent(commission.rate)}
        </Stat>
        <Stat name="Uptime" note={votes === undefined ? "reading…" : uptimeWords(votes)}>
          {share === undefined ? "–" : `${(share / 100).toFixed(1)} %`}
        </Stat>
      </dl>
      <Card title={`The newest ${UPTIME_BLOCKS} blocks`} extra="oldest first">
        {votes === undefined || uptime.value === undefined ? (
          <div class="loading" role="status" aria-label="Loading" />
        ) : (
          <UptimeGrid votes={votes} commits={uptime.value.commits} isLarge />
        )}
      </Card>
      <LiveRound />
      <Card title="About">
        <Facts
          rows={[
            ["Consensus key", <Id id={address} what="the consensus address" />],
            ["As bech32", <Id id={consensus} what="the consensus address" />],
            ["Commission changes a day by at most", decimalPercent(commission.change)],
            ["Website", <Said text={validator.website} />],
            ["Contact", <Said text={validator.contact} />],
            ["Details", <Said text={validator.details} />],
          ]}
        />
      </Card>
      <Signing consensus={consensus} />
      <Delegators operator={operator} />
    </>
  );
}

function Said({ text }: { readonly text: string }) {
  return text === "" ? <span class="quiet">not said</span> : <bdi>{blockOf(text)}</bdi>;
}

function Signing({ consensus }: { readonly consensus: string }) {
  const answer = useAnswer(`signing ${consensus}`, async () => {
    try {
      const json = await cosmosJson(
        "cosmos.slashing.v1beta1.Query/SigningInfo",
        [QuerySigningInfoRequest, QuerySigningInfoResponse],
        { consAddress: consensus },
      );
      return isJsonObject(json["val_signing_info"]) ? json["val_signing_info"] : undefined;
    } catch (error) {
      if (isNotFound(error)) return undefined; // It never was in the set.
      throw error;
    }
  });
  return (
    <Card title="Signing">
      <Shown
        answer={{
          ...answer,
          value: answer.isAsking && answer.value === undefined ? undefined : { info: answer.value },
        }}
      >
        {({ info }) =>
          info === undefined ? (
            <Empty>It never signed a block.</Empty>
          ) : (
            <Facts
              rows={[
                ["Signs since block", grouped(String(info["start_height"]))],
                ["Missed in the window", grouped(String(info["missed_blocks_counter"]))],
                ["Jailed until", <Time ms={timeFrom(String(info["jailed_until"]))} />],
                ["Tombstoned", info["tombstoned"] === true ? <Badge tone="bad">for good</Badge> : "no"],
              ]}
            />
          )
        }
      </Shown>
    </Card>
  );
}

interface Delegator {
  readonly address: string;
  readonly amount: bigint;
}
const columns: readonly Column<Delegator>[] = [
  {
    title: "Delegator",
    main: true,
    cell: ({ address }) => <Id id={address} page="account" what="the delegator's address" />,
  },
  { title: "Delegated", right: true, cell: ({ amount }) => <Amount of={amount} /> },
];

function Delegators({ operator }: { readonly operator: string }) {
  return (
    <Card title="Delegators">
      <Paged
        name={`delegators of ${operator}`}
        reverse={false}
        ask={async (pagination) => {
          const { delegationResponses, pagination: next } = await node.cosmosQuery(
            "cosmos.staking.v1beta1.Query/ValidatorDelegations",
            [QueryValidatorDelegationsRequest, QueryValidatorDelegationsResponse],
            { validatorAddr: operator, pagination },
          );
          const rows = delegationResponses.map(({ delegation, balance }) => ({
            address: delegation.delegatorAddress,
            amount: amountFrom(balance.amount),
          }));
          return { rows, nextKey: next?.nextKey };
        }}
        empty={<Empty>Nobody delegates to it.</Empty>}
      >
        {(rows) => <Table caption="Delegators" rows={rows} columns={columns} keyOf={({ address }) => address} />}
      </Paged>
    </Card>
  );
}
