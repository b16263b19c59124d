import { toHex } from "#proto/bytes.js";
import { commands } from "../../present/commands.js";
import { stageWords } from "../../present/messages.js";
import { idOf } from "../../present/route.js";
import { counted, lineOf } from "../../present/text.js";
import { useAnswer } from "../ask.js";
import type { Model as ModelRecord, Version } from "../names.js";
import { node } from "../node.js";
import { Amount, Badge, Card, Empty, Facts, Id, PageHead, Raw, Time, Title, To } from "../parts/basic.js";
import { NotThere } from "../parts/by-slug.js";
import { Paged, pageOf, Shown } from "../parts/shown.js";
import { Table, type Column } from "../parts/table.js";
import { Where } from "./datanet.js";

/** By number or by slug. */
export function Model({ text }: { readonly text: string }) {
  const id = idOf(text);
  const asked = id === undefined ? { slug: text } : { modelId: id };
  const answer = useAnswer(`model ${text}`, () => node.query("tributary.model.v1.Query/Model", asked), true);
  return (
    <Shown answer={answer} missing={<NotThere kind="Model" name={text} />}>
      {({ model }) => (model === undefined ? <NotThere kind="Model" name={text} /> : <Existing model={model} />)}
    </Shown>
  );
}

const STAGE_TONES: Readonly<Record<number, "good" | "bad" | "wait" | "plain">> = {
  2: "wait",
  3: "good",
  4: "wait",
  5: "bad",
};

export function StageBadge({ stage }: { readonly stage: number }) {
  return <Badge tone={STAGE_TONES[stage] ?? "plain"}>{stageWords(stage)}</Badge>;
}

const columns: readonly Column<Version>[] = [
  {
    title: "Version",
    main: true,
    cell: ({ id, label }) => (
      <To page="version" id={id}>
        <Title text={label} />
      </To>
    ),
  },
  { title: "Stage", cell: ({ stage }) => <StageBadge stage={stage} /> },
  { title: "Parents", right: true, cell: ({ parents }) => parents.length },
  { title: "Releases", right: true, cell: ({ eligibleReleases }) => eligibleReleases },
  { title: "Price of a call", right: true, cell: ({ fees }) => <Amount of={fees?.pricePerCall ?? 0n} /> },
  { title: "Published", cell: ({ time }) => <Time ms={time} /> },
];

function Existing({ model }: { readonly model: ModelRecord }) {
  return (
    <>
      <PageHead kind={`Model ${model.id}`} title={<Title text={model.title} />}>
        <p class="under">
          <code>{lineOf(model.slug)}</code>
          <span>{counted(model.versions, "version")}</span>
          <span>
            by <Id id={model.owner} page="contributor" what="the owner's address" />, <Time ms={model.createdTime} />
          </span>
        </p>
      </PageHead>
      <Card title="Versions">
        <Paged
          name={`versions of ${model.id}`}
          ask={(pagination) =>
            node
              .query("tributary.model.v1.Query/Versions", { modelId: model.id, pagination })
              .then(pageOf(({ versions }) => versions))
          }
          empty={<Empty command={commands.publishVersion}>No version is published yet.</Empty>}
        >
          {(rows) => <Table caption="Versions" rows={rows} columns={columns} keyOf={({ id }) => id} />}
        </Paged>
      </Card>
      <Card title="Card">
        <Facts
          rows={[
            ["Hash of the card", <Id id={toHex(model.cardHash)} what="the hash of the card" />],
            ["Card at", <Where uri={model.cardUri} />],
          ]}
        />
      </Card>
      <Raw json={model} />
    </>
  );
}
