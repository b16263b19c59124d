import { commands } from "../../present/commands.js";
import { useState } from "preact/hooks";
import { toCsv } from "#proto/client/words/csv.js";
import { contributionStatus, entryKind, payoutStage } from "#proto/client/words/codes.js";
import { shownAmount } from "../../present/amount.js";
import { periodsOf, sumsBy } from "../../present/earnings.js";
import { linkTo } from "../../present/route.js";
import { stateWords } from "../../present/messages.js";
import { counted, lineOf } from "../../present/text.js";
import { spanText } from "../../present/time.js";
import { useAnswer } from "../ask.js";
import { useChain } from "../live.js";
import { ContributionName, VersionName } from "../names.js";
import { node } from "../node.js";
import { Amount, Badge, Card, Empty, Id, PageHead, Stat, Time, To } from "../parts/basic.js";
import { Bars } from "../parts/bars.js";
import { ContributionTable } from "../parts/contributions.js";
import { TimeBars } from "../parts/plot.js";
import { Paged, pageOf, Shown } from "../parts/shown.js";
import { Table, type Column } from "../parts/table.js";
import {
  csvColumns,
  earnedLine,
  earnedOf,
  readAllLines,
  readStatement,
  roleWords,
  stageOfPay,
  sumsOf,
  type Statement,
  type StatementLine,
} from "../statement.js";

export function Contributor({ address }: { readonly address: string }) {
  const statement = useAnswer(`statement ${address}`, () => readStatement(address), true);
  return (
    <>
      <PageHead kind="Contributor" title={<Id id={address} what="the address" whole />}>
        <p class="under">
          <a href={linkTo("account", address)}>Account and transactions</a>
          <a href={linkTo("provider", address)}>As a provider</a>
        </p>
      </PageHead>
      <Shown answer={statement}>
        {(answer) =>
          answer.lines.length === 0 ? <NothingEarned /> : <Earnings address={address} statement={answer} />
        }
      </Shown>
      <Contributions address={address} />
    </>
  );
}

function NothingEarned() {
  return (
    <Card title="Earnings">
      <Empty command={commands.contribute}>
        Nothing was earned at this address yet. A contribution earns when a model that was trained on it is used, an
        answer has its words, and the batch of that answer is settled; it is paid without asking.
      </Empty>
    </Card>
  );
}

function Earnings({ address, statement }: { readonly address: string; readonly statement: Statement }) {
  const { earned, paid, owed, pending } = sumsOf(statement);
  const { account, lines, controller, payTo, pagination } = statement;
  const isPartial = (pagination?.nextKey.length ?? 0) > 0;
  return (
    <>
      <dl class="stats">
        <Stat name="Earned" note="with what is held back">
          <Amount of={earned} fine={9} />
        </Stat>
        <Stat name="Paid" note={account === undefined ? undefined : <Time ms={account.lastPaidTime} />}>
          <Amount of={paid} fine={9} />
        </Stat>
        <Stat name="To be paid" note="with the next payments">
          <Amount of={owed} fine={9} />
        </Stat>
        <Stat name="Held back" note="until its time is over">
          <Amount of={pending} fine={9} />
        </Stat>
      </dl>
      {(controller !== address || payTo !== address) && (
        <p class="inline">
          Its pay follows the key <Id id={controller} page="account" what="the key's address" /> and is sent to{" "}
          <Id id={payTo} page="account" what="the address that is paid" />.
        </p>
      )}
      <Sums lines={lines} isPartial={isPartial} />
      <Card title="Each payout" extra={<CsvButton address={address} />}>
        <Paged
          name={`lines ${address}`}
          ask={(page) =>
            node
              .query("tributary.payout.v1.Query/Statement", { owner: address, pagination: page })
              .then(pageOf((answer) => answer.lines))
          }
          empty={<Empty>Nothing was earned yet.</Empty>}
        >
          {(rows) => <Lines rows={rows} />}
        </Paged>
      </Card>
    </>
  );
}

function Sums({ lines, isPartial }: { readonly lines: readonly StatementLine[]; readonly isPartial: boolean }) {
  const { coinage } = useChain();
  const earned = lines.flatMap(earnedLine);
  const { spanMs, starts, earned: sums } = periodsOf(earned);
  const scale = 10 ** (coinage.exponent + 9);
  const byModel = sumsBy(earned, ({ versionId }) => versionId).slice(0, 8);
  const byContribution = sumsBy(earned, ({ contributionId }) => contributionId).slice(0, 8);
  const note = isPartial ? `Of the newest ${lines.length} lines.` : undefined;
  return (
    <>
      <Card title="By period" extra={`${spanText(spanMs)} each, by the time at which it is free to be paid (UTC)`}>
        <TimeBars
          label={`Earned in each span of ${spanText(spanMs)}`}
          times={starts.map((start) => start / 1000)}
          values={sums.map((sum) => Number(sum) / scale)}
          unit={coinage.symbol}
        />
        {note !== undefined && <p class="note-line">{note}</p>}
      </Card>
      <div class="columns">
        <Card title="By model">
          <Bars
            fine={9}
            rows={byModel.map(({ key, earned: amount, lines: count }) => ({
              key: String(key),
              name: <VersionName id={key} />,
              amount,
              note: counted(count, "line"),
            }))}
          />
        </Card>
        <Card title="By contribution">
          {byContribution.length === 0 ? (
            <Empty>Earned in other roles only: no contribution of this address was paid.</Empty>
          ) : (
            <Bars
              fine={9}
              rows={byContribution.map(({ key, earned: amount, lines: count }) => ({
                key: String(key),
                name: <ContributionName id={key} />,
                amount,
                note: counted(count, "line"),
              }))}
            />
          )}
        </Card>
      </div>
    </>
  );
}

const columns: readonly Column<StatementLine>[] = [
  { title: "For", main: true, cell: (line) => <For line={line} /> },
  { title: "Model", cell: ({ entry }) => entry && <VersionName id={entry.versionId} /> },
  {
    title: "Batch",
    right: true,
    cell: ({ entry }) => entry && <To page="batch" id={entry.batchId} />,
  },
  {
    title: "Words",
    right: true,
    cell: ({ entry }) =>
      entry === undefined || entry.kind !== entryKind.contribution ? (
        <span class="quiet">–</span>
      ) : (
        <a href={linkTo("credit", entry.batchId, entry.subject)}>
          {`${entry.tokens} in ${counted(entry.receipts, "answer")}`}
        </a>
      ),
  },
  { title: "Earned", right: true, cell: (line) => <Amount of={earnedOf(line)} fine={9} /> },
  { title: "State", cell: (line) => <PayState line={line} /> },
];

export function Lines({ rows }: { readonly rows: readonly StatementLine[] }) {
  return (
    <Table
      caption="Payouts"
      rows={rows}
      columns={columns}
      keyOf={({ entry }, at) => (entry === undefined ? at : `${entry.batchId}/${entry.kind}/${entry.subject}`)}
    />
  );
}

function For({ line: { entry, contributionStatus: status, contributionReason } }: { readonly line: StatementLine }) {
  if (entry === undefined) return <span class="quiet">unknown</span>;
  if (entry.kind === entryKind.royalty) {
    return (
      <>
        {roleWords(entry.kind)} <To page="version" id={entry.subject} />
      </>
    );
  }
  if (entry.kind !== entryKind.contribution) return <>{roleWords(entry.kind)}</>;
  return (
    <>
      <ContributionName id={entry.subject} />{" "}
      {status !== contributionStatus.accepted && <Badge tone="bad">{stateWords(status, contributionReason)}</Badge>}
    </>
  );
}

function PayState({ line: { stage, entry } }: { readonly line: StatementLine }) {
  const tone = stage === payoutStage.paid ? "good" : "wait";
  return (
    <>
      <Badge tone={tone}>{stageOfPay(stage)}</Badge>{" "}
      {entry !== undefined && (
        <span class="quiet">
          {stage === payoutStage.pending ? "free " : ""}
          <Time ms={entry.dueTime} />
        </span>
      )}
    </>
  );
}

function CsvButton({ address }: { readonly address: string }) {
  const { coinage } = useChain();
  const [state, setState] = useState<string>();
  const save = async (): Promise<void> => {
    setState("Reading…");
    try {
      const lines = await readAllLines(address, (count) => setState(`${count} lines…`));
      const coin = (billionths: bigint): string => shownAmount(billionths, coinage, 9).exact.replaceAll(",", "");
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([toCsv(lines, csvColumns(coin))], { type: "text/csv" }));
      link.download = `${address}.csv`;
      link.click();
      URL.revokeObjectURL(link.href);
      setState(undefined);
    } catch (error) {
      setState(`Failed: ${lineOf(error instanceof Error ? error.message : String(error), 80)}`);
    }
  };
  const isBusy = state !== undefined && !state.startsWith("Failed");
  return (
    <button type="button" class="button" disabled={isBusy} onClick={() => void save()}>
      {state ?? `CSV in ${coinage.symbol}`}
    </button>
  );
}

function Contributions({ address }: { readonly address: string }) {
  return (
    <Card title="Contributions">
      <Paged
        name={`contributions of ${address}`}
        ask={(page) =>
          node
            .query("tributary.datanet.v1.Query/ContributionsByOwner", { owner: address, pagination: page })
            .then(pageOf((answer) => answer.contributions))
        }
        empty={<Empty command={commands.contribute}>No text was contributed from this address.</Empty>}
      >
        {(rows) => <ContributionTable rows={rows} />}
      </Paged>
    </Card>
  );
}
