import { contributionStatus } from "#proto/client/words/codes.js";
import { grouped } from "../../present/amount.js";
import { stateWords } from "../../present/messages.js";
import type { Contribution } from "../names.js";
import { DatanetName } from "../names.js";
import { Badge, Id, Title, To } from "./basic.js";
import { Table, type Column } from "./table.js";

export function ContributionTable({
  rows,
  isOfDatanet = false,
}: {
  readonly rows: readonly Contribution[];
  readonly isOfDatanet?: boolean;
}) {
  const columns: readonly Column<Contribution>[] = [
    {
      title: "Title",
      main: true,
      cell: ({ id, title }) => (
        <To page="contribution" id={id}>
          <Title text={title} />
        </To>
      ),
    },
    isOfDatanet
      ? { title: "Owner", cell: ({ owner }) => <Id id={owner} page="contributor" what="the owner's address" /> }
      : { title: "Datanet", cell: ({ datanetId }) => <DatanetName id={datanetId} /> },
    { title: "Words", right: true, cell: ({ tokenCount }) => grouped(String(tokenCount)) },
    { title: "New to the chain", right: true, cell: (row) => <Novelty of={row} /> },
    { title: "State", cell: (row) => <ContributionState of={row} /> },
  ];
  return <Table caption="Contributions" rows={rows} columns={columns} keyOf={({ id }) => id} />;
}

/** Share of its wording that nobody committed to before. */
export function Novelty({ of: { firstCommitted, fpCount } }: { readonly of: Contribution }) {
  if (fpCount === 0) return <span class="quiet">–</span>;
  return <>{Math.floor((100 * firstCommitted) / fpCount)} %</>;
}

const TONES: Readonly<Record<number, "good" | "bad" | "wait">> = {
  [contributionStatus.accepted]: "good",
  [contributionStatus.rejected]: "bad",
  [contributionStatus.withdrawn]: "bad",
  [contributionStatus.expired]: "bad",
};

export function ContributionState({
  of: { status, reason },
}: {
  readonly of: Pick<Contribution, "status" | "reason">;
}) {
  return <Badge tone={TONES[status] ?? "wait"}>{stateWords(status, reason)}</Badge>;
}
