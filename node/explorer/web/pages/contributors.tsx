import { commands } from "../../present/commands.js";
import type { Messages } from "#proto/codec/message.js";
import { amountFrom } from "../../present/amount.js";
import { node } from "../node.js";
import { Amount, Card, Empty, Id, PageHead, Time } from "../parts/basic.js";
import { Paged, pageOf } from "../parts/shown.js";
import { Table, type Column } from "../parts/table.js";

type Account = Messages["tributary.payout.v1.Account"];

const columns: readonly Column<Account>[] = [
  { title: "Owner", main: true, cell: ({ owner }) => <Id id={owner} page="contributor" what="the owner's address" /> },
  {
    title: "Earned",
    right: true,
    cell: ({ matured, pending }) => <Amount of={amountFrom(matured) + amountFrom(pending)} fine={9} />,
  },
  { title: "Held back", right: true, cell: ({ pending }) => <Amount of={amountFrom(pending)} fine={9} /> },
  { title: "Paid", right: true, cell: ({ paid }) => <Amount of={amountFrom(paid)} fine={9} /> },
  { title: "Last paid", cell: ({ lastPaidTime }) => <Time ms={lastPaidTime} /> },
];

/** Everybody who earned: contributors, providers, owners of versions. */
export function Contributors() {
  return (
    <>
      <PageHead kind="Earnings" title="Contributors and other earners" />
      <Card title="By address">
        <Paged
          name="accounts"
          reverse={false}
          ask={(pagination) =>
            node.query("tributary.payout.v1.Query/Accounts", { pagination }).then(pageOf(({ accounts }) => accounts))
          }
          empty={
            <Empty command={commands.contribute}>
              Nobody has earned yet. Whoever contributes texts is paid when answers use their words.
            </Empty>
          }
        >
          {(rows) => <Table caption="Owners" rows={rows} columns={columns} keyOf={({ owner }) => owner} />}
        </Paged>
      </Card>
    </>
  );
}
