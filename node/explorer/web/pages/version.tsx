import { toHex } from "#proto/bytes.js";
import type { Messages } from "#proto/codec/message.js";
import { amountFrom, grouped, percent, shareOf } from "../../present/amount.js";
import { commands } from "../../present/commands.js";
import { relationWords, stageWords } from "../../present/messages.js";
import { counted, lineOf } from "../../present/text.js";
import { useAnswer } from "../ask.js";
import { DatanetName, modelOf, VersionName, type Model, type Version as Record } from "../names.js";
import { node } from "../node.js";
import { Amount, Badge, Card, Empty, Facts, Id, PageHead, Raw, Stat, Time, Title, To } from "../parts/basic.js";
import { NotThere, WithId } from "../parts/by-slug.js";
import { Lineage } from "../parts/lineage.js";
import { Shares } from "../parts/shares.js";
import { Paged, pageOf, Shown } from "../parts/shown.js";
import { Table, type Column } from "../parts/table.js";
import { readLineage } from "../read-lineage.js";
import { readUse } from "../read-use.js";
import { Bars } from "../parts/bars.js";
import { StageBadge } from "./model.js";

export function Version({ text }: { readonly text: string }) {
  return (
    <WithId kind="Version" text={text}>
      {(id) => <Asked id={id} />}
    </WithId>
  );
}

function Asked({ id }: { readonly id: bigint }) {
  const answer = useAnswer(
    `version ${id}`,
    async () => {
      const { version, owner } = await node.query("tributary.model.v1.Query/Version", { versionId: id });
      return version && { version, owner, model: await modelOf(version.modelId) };
    },
    true,
  );
  const missing = <NotThere kind="Version" name={String(id)} />;
  return (
    <Shown answer={answer} missing={missing}>
      {(found) => (found === undefined ? missing : <Existing {...found} />)}
    </Shown>
  );
}

function Existing({
  version,
  owner,
  model,
}: {
  readonly version: Record;
  readonly owner: string;
  readonly model: Model | undefined;
}) {
  return (
    <>
      <PageHead
        kind={`Version ${version.number} of model ${version.modelId}`}
        title={<Title text={`${model?.title ?? "Model"} ${version.label}`} />}
      >
        <p class="under">
          <StageBadge stage={version.stage} />
          <To page="model" id={version.modelId}>
            All versions
          </To>
          <span>
            by <Id id={owner} page="contributor" what="the owner's address" />, <Time ms={version.time} />
          </span>
        </p>
      </PageHead>
      <Use id={version.id} />
      <div class="columns">
        <FeeShares version={version} />
        <Prices version={version} />
      </div>
      <LineageCard version={version} model={model} />
      <Providers id={version.id} />
      <div class="columns">
        <Stages id={version.id} />
        <Evaluations id={version.id} />
      </div>
      <Card title="Weights and training">
        <Facts
          rows={[
            ["Size", `${grouped(String(version.weightsBytes))} bytes`],
            ["Format", <Title text={version.format} />],
            ["Method", <Title text={version.method} />],
            ["Hash of the weights", <Id id={toHex(version.weightsHash)} what="the hash of the weights" />],
            ["Hash of the configuration", <Id id={toHex(version.configHash)} what="the hash of the configuration" />],
            ["Hash of the training manifest", <Id id={toHex(version.manifestHash)} what="the hash of the manifest" />],
            [
              "Published in block",
              <To page="block" id={version.height}>
                {grouped(String(version.height))}
              </To>,
            ],
          ]}
        />
      </Card>
      <Raw json={version} />
    </>
  );
}

/** What its settled use brought, and whose data was in it. */
function Use({ id }: { readonly id: bigint }) {
  const answer = useAnswer(`use of ${id}`, () => readUse(id));
  return (
    <Shown answer={answer}>
      {({ batches, fees, pool, credited, residual, receipts, datanets, isPartial }) =>
        batches === 0 ? (
          <Card title="Use">
            <Empty command={commands.openChannel}>Nobody has paid for a use of this version yet.</Empty>
          </Card>
        ) : (
          <>
            <dl class="stats">
              <Stat name="Fees" note={`of ${counted(batches, "batch", "batches")}${isPartial ? ", the newest" : ""}`}>
                <Amount of={fees} />
              </Stat>
              <Stat name="Audited answers">{grouped(String(receipts))}</Stat>
              <Stat
                name="Credited to contributions"
                note={`${(shareOf(credited, pool) / 100).toFixed(1)} % of their pool`}
              >
                <Amount of={credited} fine={9} />
              </Stat>
              <Stat name="Residual" note="no contribution matched">
                <Amount of={residual} fine={9} />
              </Stat>
            </dl>
            {datanets.length > 0 && (
              <Card title="Influence by datanet" extra={isPartial ? "of the newest credits" : "by credit"}>
                <Bars
                  fine={9}
                  rows={datanets.map(({ key, earned, lines }) => ({
                    key: String(key),
                    name: <DatanetName id={key} />,
                    amount: earned,
                    note: counted(lines, "credit"),
                  }))}
                />
              </Card>
            )}
          </>
        )
      }
    </Shown>
  );
}

function FeeShares({ version: { id } }: { readonly version: Record }) {
  const answer = useAnswer(`fee shares ${id}`, () =>
    node.query("tributary.model.v1.Query/FeeShares", { versionId: id }),
  );
  return (
    <Card title="Where each fee of this version goes">
      <Shown answer={answer}>
        {({
          burnBasisPoints: burn,
          validatorsBasisPoints: validators,
          contributorBasisPoints,
          providerBasisPoints,
          royalties,
        }) => {
          const first = burn + validators + contributorBasisPoints + providerBasisPoints;
          const royalty = royalties.reduce((sum, { basisPoints }) => sum + basisPoints, 0);
          const rest = 10_000 - first;
          return (
            <>
              <Shares
                parts={[
                  { name: "Contributors", basisPoints: contributorBasisPoints, tone: 1 },
                  { name: "Provider", basisPoints: providerBasisPoints, tone: 2 },
                  { name: "Ancestors", basisPoints: Math.floor((rest * royalty) / 10_000), tone: 3 },
                  { name: "Owner", basisPoints: rest - Math.floor((rest * royalty) / 10_000), tone: 5 },
                  { name: "Burned", basisPoints: burn, tone: 4 },
                  { name: "Validators", basisPoints: validators, tone: 6 },
                ]}
              />
              {royalties.length > 0 && (
                <p class="note-line inline">
                  Ancestors take of what remains:{" "}
                  {royalties.map(({ versionId, basisPoints }, at) => (
                    <span key={String(versionId)}>
                      {at > 0 && ", "}
                      <VersionName id={versionId} /> {percent(basisPoints)}
                    </span>
                  ))}
                  .
                </p>
              )}
            </>
          );
        }}
      </Shown>
    </Card>
  );
}

function Prices({ version: { fees } }: { readonly version: Record }) {
  return (
    <Card title="Price and obligations">
      <Facts
        rows={[
          ["Of a call", <Amount of={fees?.pricePerCall ?? 0n} />],
          ["Of a word of the question", <Amount of={fees?.pricePerInputToken ?? 0n} />],
          ["Of a word of the answer", <Amount of={fees?.pricePerOutputToken ?? 0n} />],
          ["Royalty that descendants owe it", percent(fees?.royaltyBasisPoints ?? 0)],
        ]}
      />
    </Card>
  );
}

function LineageCard({ version, model }: { readonly version: Record; readonly model: Model | undefined }) {
  const answer = useAnswer(`lineage ${version.id}`, () => readLineage(version, model));
  return (
    <Card title="Lineage" extra="data on the left, descendants on the right">
      <Shown answer={answer}>
        {({ kin, bonds, isPartial }) => (
          <>
            <Lineage kin={kin} bonds={bonds} />
            <details>
              <summary>As a list</summary>
              <ul class="plain">
                {version.releases.map(({ datanetId, number }) => (
                  <li key={`${datanetId}/${number}`}>
                    Release {number} of <DatanetName id={datanetId} />
                  </li>
                ))}
                {version.parents.map(({ versionId, relation }) => (
                  <li key={String(versionId)}>
                    {relationWords(relation)} of <VersionName id={versionId} />
                  </li>
                ))}
                {version.carryOver !== undefined && (
                  <li>
                    Carries over the data of <VersionName id={version.carryOver.versionId} /> for{" "}
                    {grouped(String(version.carryOver.blocks))} blocks
                  </li>
                )}
                {version.releases.length === 0 && version.parents.length === 0 && (
                  <li>Neither parents nor releases.</li>
                )}
              </ul>
            </details>
            {isPartial && (
              <p class="note-line">
                The picture has the nearest relatives; the lists of the others are on their pages.
              </p>
            )}
          </>
        )}
      </Shown>
    </Card>
  );
}

type Listed = Messages["tributary.usage.v1.ListedProvider"];
const providerColumns: readonly Column<Listed>[] = [
  {
    title: "Provider",
    main: true,
    cell: ({ provider }) => <Id id={provider} page="provider" what="the provider's address" />,
  },
  { title: "Serves at", cell: ({ url }) => <Id id={url} what="the endpoint" whole /> },
  {
    title: "Until",
    cell: ({ valid, validUntil }) => (
      <>
        <Badge tone={valid ? "good" : "bad"}>{valid ? "valid" : "over"}</Badge> <Time ms={validUntil} />
      </>
    ),
  },
  { title: "Fees", right: true, cell: ({ record }) => <Amount of={amountFrom(record?.fees)} /> },
  {
    title: "Opened in time",
    right: true,
    cell: ({ record }) => (record === undefined ? <span class="quiet">–</span> : `${record.opened} of ${record.drawn}`),
  },
  { title: "Forfeited", right: true, cell: ({ record }) => <Amount of={amountFrom(record?.forfeited)} /> },
];

function Providers({ id }: { readonly id: bigint }) {
  return (
    <Card title="Providers">
      <Paged
        name={`providers of ${id}`}
        reverse={false}
        ask={(pagination) =>
          node
            .query("tributary.usage.v1.Query/Providers", { versionId: id, pagination })
            .then(pageOf(({ providers }) => providers))
        }
        empty={<Empty command={commands.setEndpoint}>No provider says where it serves this version.</Empty>}
      >
        {(rows) => (
          <Table caption="Providers" rows={rows} columns={providerColumns} keyOf={({ provider }) => provider} />
        )}
      </Paged>
    </Card>
  );
}

type Change = Messages["tributary.model.v1.StageChange"];
const stageColumns: readonly Column<Change>[] = [
  { title: "Stage", main: true, cell: ({ stage }) => stageWords(stage) },
  {
    title: "Since",
    cell: ({ height, time }) => (
      <To page="block" id={height}>
        <Time ms={time} />
      </To>
    ),
  },
];

function Stages({ id }: { readonly id: bigint }) {
  return (
    <Card title="Stages">
      <Paged
        name={`stages of ${id}`}
        ask={(pagination) =>
          node
            .query("tributary.model.v1.Query/Stages", { versionId: id, pagination })
            .then(pageOf(({ changes }) => changes))
        }
        empty={<Empty>It never left its first stage.</Empty>}
      >
        {(rows) => (
          <Table
            caption="Stages"
            rows={rows}
            columns={stageColumns}
            keyOf={({ height, stage }) => `${height}/${stage}`}
          />
        )}
      </Paged>
    </Card>
  );
}

type Evaluation = Messages["tributary.model.v1.Evaluation"];
const LABELS: Readonly<{ [label: number]: string }> = { 1: "by its owner", 2: "by somebody else", 3: "attested" };
const evaluationColumns: readonly Column<Evaluation>[] = [
  { title: "Metric", main: true, cell: ({ metric, benchmark }) => <Title text={`${metric} (${benchmark})`} /> },
  { title: "Value", right: true, cell: ({ value }) => lineOf(value, 40) },
  { title: "Declared", cell: ({ label }) => LABELS[label] ?? `label ${label}` },
  { title: "When", cell: ({ time }) => <Time ms={time} /> },
];

function Evaluations({ id }: { readonly id: bigint }) {
  return (
    <Card title="Evaluations">
      <Paged
        name={`evaluations of ${id}`}
        ask={(pagination) =>
          node
            .query("tributary.model.v1.Query/Evaluations", { versionId: id, pagination })
            .then(pageOf(({ evaluations }) => evaluations))
        }
        empty={<Empty command={commands.evaluate}>Nobody has recorded an evaluation.</Empty>}
      >
        {(rows) => <Table caption="Evaluations" rows={rows} columns={evaluationColumns} keyOf={(row) => row.id} />}
      </Paged>
    </Card>
  );
}
