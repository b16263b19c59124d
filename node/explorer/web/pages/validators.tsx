import { decimalPercent, shareOf } from "../../present/amount.js";
import { commands } from "../../present/commands.js";
import { votesOf } from "../../present/uptime.js";
import { useAnswer } from "../ask.js";
import { useChain, useLive } from "../live.js";
import { Amount, Badge, Card, Empty, PageHead, Title, To } from "../parts/basic.js";
import { LiveRound } from "../parts/round.js";
import { Shown } from "../parts/shown.js";
import { Table, type Column } from "../parts/table.js";
import { UptimeGrid, uptimeWords } from "../parts/uptime.js";
import { readCommits, readValidators, UPTIME_BLOCKS, type ValidatorView } from "../read-validators.js";

export function Validators() {
  const { prefix } = useChain();
  const { status } = useLive();
  const answer = useAnswer("validators", () => readValidators(prefix), true);
  const uptime = useAnswer("uptime", () => readCommits(status.height, status.earliestHeight), true);
  return (
    <>
      <PageHead kind="Chain" title="Validators" />
      <LiveRound />
      <Card title="By power" extra={`uptime in the newest ${UPTIME_BLOCKS} blocks`}>
        <Shown answer={answer}>
          {(rows) =>
            rows.length === 0 ? (
              <Empty command={commands.createValidator}>No validator is bonded.</Empty>
            ) : (
              <ValidatorTable rows={rows} uptime={uptime.value} />
            )
          }
        </Shown>
      </Card>
    </>
  );
}

type Uptime = Awaited<ReturnType<typeof readCommits>>;

function ValidatorTable({
  rows,
  uptime,
}: {
  readonly rows: readonly ValidatorView[];
  readonly uptime: Uptime | undefined;
}) {
  const bonded = rows.reduce((sum, { isBonded, tokens }) => (isBonded ? sum + tokens : sum), 0n);
  const columns: readonly Column<ValidatorView>[] = [
    {
      title: "Name",
      main: true,
      cell: ({ moniker, operator }) => (
        <To page="validator" id={operator}>
          <Title text={moniker} max={60} />
        </To>
      ),
    },
    { title: "State", cell: (row) => <ValidatorState of={row} /> },
    {
      title: "Power",
      right: true,
      cell: ({ tokens, isBonded }) => (
        <>
          <Amount of={tokens} />{" "}
          <span class="quiet">{isBonded ? `${(shareOf(tokens, bonded) / 100).toFixed(2)} %` : "no vote"}</span>
        </>
      ),
    },
    { title: "Commission", right: true, cell: ({ commission }) => decimalPercent(commission.rate) },
    {
      title: "Uptime",
      cell: ({ address }) => {
        if (uptime === undefined) return <span class="quiet">reading…</span>;
        const votes = votesOf(address, uptime.members, uptime.commits);
        return (
          <span class="uptimecell">
            <UptimeGrid votes={votes} commits={uptime.commits} />
            <span class="quiet">{uptimeWords(votes)}</span>
          </span>
        );
      },
    },
  ];
  return <Table caption="Validators" rows={rows} columns={columns} keyOf={({ operator }) => operator} />;
}

export function ValidatorState({
  of: { isJailed, isBonded },
}: {
  readonly of: Pick<ValidatorView, "isJailed" | "isBonded">;
}) {
  if (isJailed) return <Badge tone="bad">jailed</Badge>;
  return isBonded ? <Badge tone="good">in the set</Badge> : <Badge tone="plain">outside the set</Badge>;
}
