import { commands } from "../../present/commands.js";
import type { Messages } from "#proto/codec/message.js";
import { admission } from "#proto/client/words/codes.js";
import { amountFrom } from "../../present/amount.js";
import { wordsOf } from "../../present/text.js";
import { node } from "../node.js";
import { Amount, Card, Empty, Id, PageHead, Time, Title, To } from "../parts/basic.js";
import { Paged, pageOf } from "../parts/shown.js";
import { Table, type Column } from "../parts/table.js";

export type DatanetRecord = Messages["tributary.datanet.v1.Datanet"];

export function admissionWords(code: number): string {
  const name = Object.entries(admission).find(([, each]) => each === code)?.[0];
  return name === undefined ? `code ${code}` : wordsOf(name);
}

const columns: readonly Column<DatanetRecord>[] = [
  {
    title: "Title",
    main: true,
    cell: ({ id, title, slug }) => (
      <>
        <To page="datanet" id={id}>
          <Title text={title} />
        </To>{" "}
        <span class="quiet">{slug}</span>
      </>
    ),
  },
  { title: "Admission", cell: (row) => admissionWords(row.admission) },
  { title: "Bond", right: true, cell: ({ bond }) => <Amount of={amountFrom(bond)} /> },
  { title: "Creator", cell: ({ creator }) => <Id id={creator} page="account" what="the creator's address" /> },
  { title: "Created", cell: ({ createdTime }) => <Time ms={createdTime} /> },
];

export function Datanets() {
  return (
    <>
      <PageHead kind="Data" title="Datanets" />
      <Card title="Newest first">
        <Paged
          name="datanets"
          ask={(pagination) =>
            node.query("tributary.datanet.v1.Query/Datanets", { pagination }).then(pageOf(({ datanets }) => datanets))
          }
          empty={
            <Empty command={commands.createDatanet}>
              There is no datanet yet. A datanet takes contributions on terms, and publishes releases that models are
              trained on.
            </Empty>
          }
        >
          {(rows) => <Table caption="Datanets" rows={rows} columns={columns} keyOf={({ id }) => id} />}
        </Paged>
      </Card>
    </>
  );
}
