import { useState } from "preact/hooks";
import type { JsonObject } from "#proto/codec/json-text.js";
import { isJsonObject } from "#proto/codec/json-text.js";
import { QueryAllBalancesRequest, QueryAllBalancesResponse } from "cosmjs-types/cosmos/bank/v1beta1/query";
import {
  QueryDelegatorDelegationsRequest,
  QueryDelegatorDelegationsResponse,
  QueryDelegatorUnbondingDelegationsRequest,
  QueryDelegatorUnbondingDelegationsResponse,
} from "cosmjs-types/cosmos/staking/v1beta1/query";
import { amountFrom } from "../../present/amount.js";
import { commands } from "../../present/commands.js";
import { linkTo } from "../../present/route.js";
import { timeFrom } from "../../present/time.js";
import { useAnswer } from "../ask.js";
import { useLive } from "../live.js";
import { cosmosJson, node, objectsOf } from "../node.js";
import { Amount, Card, CoinAmount, Empty, Id, PageHead, Stat, Time } from "../parts/basic.js";
import { Pager, Shown } from "../parts/shown.js";
import { Table, type Column } from "../parts/table.js";
import { TxTable } from "../parts/txs.js";
import { readStatement, sumsOf } from "../statement.js";

/** Rows of delegations and denominations: far above what an account has. */
const ROWS = { limit: 100n };

export function Account({ address }: { readonly address: string }) {
  const answer = useAnswer(
    `account ${address}`,
    async () => {
      const [balances, delegations, unbondings, statement] = await Promise.all([
        cosmosJson(
          "cosmos.bank.v1beta1.Query/AllBalances",
          [QueryAllBalancesRequest, QueryAllBalancesResponse],
          QueryAllBalancesRequest.fromPartial({ address, pagination: ROWS }),
        ),
        cosmosJson(
          "cosmos.staking.v1beta1.Query/DelegatorDelegations",
          [QueryDelegatorDelegationsRequest, QueryDelegatorDelegationsResponse],
          QueryDelegatorDelegationsRequest.fromPartial({ delegatorAddr: address, pagination: ROWS }),
        ),
        cosmosJson(
          "cosmos.staking.v1beta1.Query/DelegatorUnbondingDelegations",
          [QueryDelegatorUnbondingDelegationsRequest, QueryDelegatorUnbondingDelegationsResponse],
          QueryDelegatorUnbondingDelegationsRequest.fromPartial({ delegatorAddr: address, pagination: ROWS }),
        ),
        readStatement(address),
      ]);
      return { balances, delegations, unbondings, statement };
    },
    true,
  );
  return (
    <>
      <PageHead kind="Account" title={<Id id={address} what="the address" whole />}>
        <p class="under">
          <a href={linkTo("contributor", address)}>Earnings and contributions</a>
          <a href={linkTo("provider", address)}>As a provider</a>
        </p>
      </PageHead>
      <Shown answer={answer}>
        {({ balances, delegations, unbondings, statement }) => {
          const coins = objectsOf(balances["balances"]);
          const staked = objectsOf(delegations["delegation_responses"]);
          const leaving = objectsOf(unbondings["unbonding_responses"]);
          const { earned } = sumsOf(statement);
          const own = staked.reduce((sum, row) => sum + coinOf(row["balance"]).amount, 0n);
          return (
            <>
              <dl class="stats">
                <Stat
                  name="Balance"
                  note={coins.length > 1 ? `and ${coins.length - 1} other denominations` : undefined}
                >
                  {coins.length === 0 ? <Amount of={0n} /> : <CoinAmount {...coinOf(coins[0])} />}
                </Stat>
                <Stat name="Delegated">
                  <Amount of={own} />
                </Stat>
                <Stat name="Earned" note={<a href={linkTo("contributor", address)}>for what</a>}>
                  <Amount of={earned} fine={9} />
                </Stat>
              </dl>
              {coins.length > 1 && (
                <Card title="Coins">
                  <ul class="plain">
                    {coins.map((coin) => (
                      <li key={String(coin["denom"])}>
                        <CoinAmount {...coinOf(coin)} />
                      </li>
                    ))}
                  </ul>
                </Card>
              )}
              <Delegations rows={staked} leaving={leaving} />
            </>
          );
        }}
      </Shown>
      <Txs address={address} />
    </>
  );
}

function coinOf(json: unknown): { readonly amount: bigint; readonly denom: string } {
  const coin = isJsonObject(json as JsonObject) ? (json as JsonObject) : {};
  return { amount: amountFrom(String(coin["amount"] ?? "")), denom: String(coin["denom"] ?? "") };
}

const inner = (row: JsonObject): JsonObject => (isJsonObject(row["delegation"]) ? row["delegation"] : {});
const delegationColumns: readonly Column<JsonObject>[] = [
  {
    title: "Validator",
    main: true,
    cell: (row) => (
      <Id id={String(inner(row)["validator_address"] ?? "")} page="validator" what="the validator's address" />
    ),
  },
  { title: "Delegated", right: true, cell: (row) => <CoinAmount {...coinOf(row["balance"])} /> },
];

interface Leaving {
  readonly validator: string;
  readonly amount: bigint;
  readonly time: string;
}
const leavingColumns: readonly Column<Leaving>[] = [
  {
    title: "Validator",
    main: true,
    cell: ({ validator }) => <Id id={validator} page="validator" what="the validator's address" />,
  },
  { title: "Leaves", right: true, cell: ({ amount }) => <Amount of={amount} /> },
  { title: "Free", cell: ({ time }) => <Time ms={timeFrom(time)} /> },
];

function Delegations({
  rows,
  leaving,
}: {
  readonly rows: readonly JsonObject[];
  readonly leaving: readonly JsonObject[];
}) {
  if (rows.length === 0 && leaving.length === 0) return null;
  const entries = leaving.flatMap((row) =>
    objectsOf(row["entries"]).map((entry) => ({
      validator: String(row["validator_address"]),
      amount: amountFrom(String(entry["balance"])),
      time: String(entry["completion_time"]),
    })),
  );
  return (
    <Card title="Delegations">
      {rows.length > 0 && (
        <Table
          caption="Delegations"
          rows={rows}
          columns={delegationColumns}
          keyOf={(row) => String(inner(row)["validator_address"])}
        />
      )}
      {entries.length > 0 && (
        <>
          <h3>Unbonding</h3>
          <Table caption="Unbonding" rows={entries} columns={leavingColumns} keyOf={(_, at) => at} />
        </>
      )}
    </Card>
  );
}

const TXS = 15;
/** A search counts what it finds: older transactions than so many blocks are found from the command line. */
const BLOCKS = 200_000n;

function Txs({ address }: { readonly address: string }) {
  const { status } = useLive();
  const [way, setWay] = useState<"sender" | "recipient">("sender");
  const [page, setPage] = useState(1);
  const tag = way === "sender" ? "message.sender" : "transfer.recipient";
  const isSafe = /^[a-z0-9]+$/.test(address); // A quote would be a query of its own.
  const answer = useAnswer(
    `txs of ${address} ${way} ${page}`,
    async () => {
      if (!isSafe) return { total: 0, txs: [] };
      const from = status.height > BLOCKS ? status.height - BLOCKS : 0n;
      return node.txSearch(`${tag}='${address}' AND tx.height>${from}`, { page, perPage: TXS, order: "desc" });
    },
    page === 1,
  );
  const choose = (next: typeof way): void => {
    setWay(next);
    setPage(1);
  };
  return (
    <Card
      title="Transactions"
      extra={
        <span class="tabs" role="group" aria-label="Which transactions">
          <button type="button" aria-pressed={way === "sender"} onClick={() => choose("sender")}>
            Signed
          </button>
          <button type="button" aria-pressed={way === "recipient"} onClick={() => choose("recipient")}>
            Received coins
          </button>
        </span>
      }
    >
      <Shown answer={answer}>
        {({ txs, total }) => (
          <>
            {txs.length === 0 ? (
              <Empty command={commands.send}>No transaction of this kind.</Empty>
            ) : (
              <TxTable rows={txs} />
            )}
            <Pager
              page={page}
              onBack={page === 1 ? undefined : () => setPage(page - 1)}
              onNext={page * TXS >= total ? undefined : () => setPage(page + 1)}
            />
          </>
        )}
      </Shown>
    </Card>
  );
}
