import { commands } from "../../present/commands.js";
import { toHex } from "#proto/bytes.js";
import type { Messages } from "#proto/codec/message.js";
import { amountFrom, grouped, percent } from "../../present/amount.js";
import { idOf } from "../../present/route.js";
import { counted, lineOf } from "../../present/text.js";
import { useAnswer } from "../ask.js";
import { VersionName } from "../names.js";
import { node, pageRequest } from "../node.js";
import { Amount, Badge, Card, Empty, Facts, Id, PageHead, Raw, Stat, Time, Title, To } from "../parts/basic.js";
import { NotThere } from "../parts/by-slug.js";
import { ContributionTable } from "../parts/contributions.js";
import { Paged, pageOf, Shown } from "../parts/shown.js";
import { Table, type Column } from "../parts/table.js";
import { admissionWords } from "./datanets.js";

type Answer = Messages["tributary.datanet.v1.QueryDatanetResponse"];

/** By number or by slug. */
export function Datanet({ text }: { readonly text: string }) {
  const id = idOf(text);
  const asked = id === undefined ? { slug: text } : { datanetId: id };
  const answer = useAnswer(`datanet ${text}`, () => node.query("tributary.datanet.v1.Query/Datanet", asked), true);
  return (
    <Shown answer={answer} missing={<NotThere kind="Datanet" name={text} />}>
      {(found) =>
        found.datanet === undefined ? (
          <NotThere kind="Datanet" name={text} />
        ) : (
          <Existing answer={found} datanet={found.datanet} />
        )
      }
    </Shown>
  );
}

function Existing({ answer, datanet }: { readonly answer: Answer; readonly datanet: NonNullable<Answer["datanet"]> }) {
  const { counts, terms, treasury } = answer;
  return (
    <>
      <PageHead kind={`Datanet ${datanet.id}`} title={<Title text={datanet.title} />}>
        <p class="under">
          <code>{lineOf(datanet.slug)}</code>
          {datanet.closedHeight === 0n ? <Badge tone="good">open</Badge> : <Badge tone="bad">closed</Badge>}
          <span>
            by <Id id={datanet.creator} page="account" what="the creator's address" />,{" "}
            <Time ms={datanet.createdTime} />
          </span>
        </p>
      </PageHead>
      <dl class="stats">
        <Stat name="Accepted contributions" note={`${counts?.contributions ?? 0} take a place`}>
          {grouped(String(counts?.accepted ?? 0))}
        </Stat>
        <Stat name="Releases">{counts?.releases ?? 0}</Stat>
        <Stat name="Treasury" note="its part of the pay">
          <Amount of={amountFrom(treasury)} />
        </Stat>
        <Stat name="Bond" note="for each contribution">
          <Amount of={amountFrom(datanet.bond)} />
        </Stat>
      </dl>
      <Card title="Card, terms and policy">
        <Facts
          rows={[
            ["Admission", admissionWords(datanet.admission)],
            [
              "Verdicts that decide",
              datanet.threshold === 0
                ? "none"
                : `${datanet.threshold} of ${counted(datanet.curators.length, "curator")}`,
            ],
            ["Part of the pay for the treasury", percent(terms?.treasuryBasisPoints ?? 0)],
            ["Terms", `version ${datanet.termsVersion}`],
            ["Hash of the terms", <Id id={toHex(terms?.hash ?? new Uint8Array(0))} what="the hash of the terms" />],
            ["Terms at", <Where uri={terms?.uri ?? ""} />],
            ["Hash of the card", <Id id={toHex(datanet.cardHash)} what="the hash of the card" />],
            ["Card at", <Where uri={datanet.cardUri} />],
            ["Media types", lineOf(datanet.mediaTypes.join(", ")) || "any"],
            [
              "Largest content",
              datanet.contentBytesMax === 0n
                ? "the chain's limit"
                : `${grouped(String(datanet.contentBytesMax))} bytes`,
            ],
            [
              "Most contributions",
              datanet.contributionsMax === 0 ? "the chain's limit" : grouped(String(datanet.contributionsMax)),
            ],
            ["Deposit locked", <Amount of={amountFrom(datanet.deposit)} />],
          ]}
        />
        {datanet.curators.length > 0 && (
          <>
            <h3>Curators</h3>
            <ul class="chips">
              {datanet.curators.map((curator) => (
                <li key={curator}>
                  <Id id={curator} page="account" what="the curator's address" />
                </li>
              ))}
            </ul>
          </>
        )}
      </Card>
      <Card title="Contributions">
        <Paged
          name={`contributions in ${datanet.id}`}
          ask={(pagination) =>
            node
              .query("tributary.datanet.v1.Query/Contributions", { datanetId: datanet.id, pagination })
              .then(pageOf(({ contributions }) => contributions))
          }
          empty={<Empty command={commands.contribute}>Nothing was contributed yet.</Empty>}
        >
          {(rows) => <ContributionTable rows={rows} isOfDatanet />}
        </Paged>
      </Card>
      <Releases id={datanet.id} />
      <UsedBy id={datanet.id} />
      <Raw json={datanet} />
    </>
  );
}

/** An address that a stranger wrote is shown, never followed from here. */
export function Where({ uri }: { readonly uri: string }) {
  return uri === "" ? <span class="quiet">not said</span> : <Id id={uri} what="the address" whole />;
}

const ENDS = [false, true];
const REACHED = 50;

/** The chain lists versions by contribution: those of the oldest and of the newest text stand for the datanet. */
async function readUsers(datanetId: bigint) {
  const ends = await Promise.all(
    ENDS.map((reverse) =>
      node.query("tributary.datanet.v1.Query/Contributions", {
        datanetId,
        pagination: pageRequest({ key: new Uint8Array(0), limit: 20, reverse }),
      }),
    ),
  );
  const texts = ends.flatMap(
    ({ contributions }) => contributions.find(({ firstRelease }) => firstRelease > 0)?.id ?? [],
  );
  const reached = await Promise.all(
    [...new Set(texts)].map((contributionId) =>
      node.query("tributary.model.v1.Query/Reach", { contributionId, limit: REACHED }),
    ),
  );
  return [...new Map(reached.flatMap(({ versions }) => versions).map((each) => [each.versionId, each])).values()];
}

function UsedBy({ id }: { readonly id: bigint }) {
  const answer = useAnswer(`users of ${id}`, () => readUsers(id));
  return (
    <Card title="Who uses it" extra="versions trained on its releases, and their descendants">
      <Shown answer={answer}>
        {(versions) =>
          versions.length === 0 ? (
            <Empty command={commands.publishVersion}>No version pins a release of it yet.</Empty>
          ) : (
            <ul class="plain">
              {versions.map(({ versionId, direct }) => (
                <li key={String(versionId)}>
                  <VersionName id={versionId} /> {!direct && <span class="quiet">inherited</span>}
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
    </Card>
  );
}

type Release = Messages["tributary.datanet.v1.Release"];
const columns: readonly Column<Release>[] = [
  { title: "Release", main: true, cell: ({ number }) => `Release ${number}` },
  { title: "Contributions", right: true, cell: ({ contributions }) => grouped(String(contributions)) },
  { title: "Words", right: true, cell: ({ tokens }) => grouped(String(tokens)) },
  { title: "Root", cell: ({ root }) => <Id id={toHex(root)} what="the root of the release" /> },
  { title: "Notes", cell: ({ notes }) => (notes === "" ? <span class="quiet">none</span> : <Title text={notes} />) },
  {
    title: "Published",
    cell: ({ height, time }) => (
      <To page="block" id={height}>
        <Time ms={time} />
      </To>
    ),
  },
];

function Releases({ id }: { readonly id: bigint }) {
  return (
    <Card title="Releases">
      <Paged
        name={`releases of ${id}`}
        ask={(pagination) =>
          node
            .query("tributary.datanet.v1.Query/Releases", { datanetId: id, pagination })
            .then(pageOf(({ releases }) => releases))
        }
        empty={
          <Empty command={commands.publishRelease}>
            No release yet: models pin releases, so that nothing is used before one is published.
          </Empty>
        }
      >
        {(rows) => <Table caption="Releases" rows={rows} columns={columns} keyOf={({ number }) => number} />}
      </Paged>
    </Card>
  );
}
