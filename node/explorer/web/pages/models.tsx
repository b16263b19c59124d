import { commands } from "../../present/commands.js";
import { node } from "../node.js";
import type { Model } from "../names.js";
import { Card, Empty, Id, PageHead, Time, Title, To } from "../parts/basic.js";
import { Paged, pageOf } from "../parts/shown.js";
import { Table, type Column } from "../parts/table.js";

const columns: readonly Column<Model>[] = [
  {
    title: "Title",
    main: true,
    cell: ({ id, title, slug }) => (
      <>
        <To page="model" id={id}>
          <Title text={title} />
        </To>{" "}
        <span class="quiet">{slug}</span>
      </>
    ),
  },
  { title: "Versions", right: true, cell: ({ versions }) => versions },
  { title: "Owner", cell: ({ owner }) => <Id id={owner} page="contributor" what="the owner's address" /> },
  { title: "Registered", cell: ({ createdTime }) => <Time ms={createdTime} /> },
];

export function Models() {
  return (
    <>
      <PageHead kind="Models" title="Models" />
      <Card title="Newest first">
        <Paged
          name="models"
          ask={(pagination) =>
            node.query("tributary.model.v1.Query/Models", { pagination }).then(pageOf(({ models }) => models))
          }
          empty={
            <Empty command={commands.registerModel}>
              No model is registered yet. A model’s versions pin the releases they were trained on, and the shares of
              each fee.
            </Empty>
          }
        >
          {(rows) => <Table caption="Models" rows={rows} columns={columns} keyOf={({ id }) => id} />}
        </Paged>
      </Card>
    </>
  );
}
