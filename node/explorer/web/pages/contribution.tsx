import type { Messages } from "#proto/codec/message.js";
import { amountFrom, grouped, percent } from "../../present/amount.js";
import { linkTo } from "../../present/route.js";
import { reviewWords, verdictWords } from "../../present/messages.js";
import { blockOf, counted } from "../../present/text.js";
import { toHex } from "#proto/bytes.js";
import { useAnswer } from "../ask.js";
import { ContributionName, DatanetName, VersionName, type Contribution as Record } from "../names.js";
import { node, type pageRequest } from "../node.js";
import { Amount, Badge, Card, Empty, Facts, Id, PageHead, Raw, Title, To } from "../parts/basic.js";
import { NotThere, WithId } from "../parts/by-slug.js";
import { ContributionState, Novelty } from "../parts/contributions.js";
import { Paged, pageOf, Shown, type PageOf } from "../parts/shown.js";
import { Table, type Column } from "../parts/table.js";

export function Contribution({ text }: { readonly text: string }) {
  return (
    <WithId kind="Contribution" text={text}>
      {(id) => <Existing id={id} />}
    </WithId>
  );
}

function Existing({ id }: { readonly id: bigint }) {
  const answer = useAnswer(
    `contribution ${id}`,
    async () => {
      const [{ contribution }, consent, { reviews }] = await Promise.all([
        node.query("tributary.datanet.v1.Query/Contribution", { contributionId: id }),
        node.query("tributary.datanet.v1.Query/Consent", { contributionId: id }),
        node.query("tributary.datanet.v1.Query/Reviews", { contributionId: id }),
      ]);
      return contribution === undefined ? undefined : { contribution, consent, reviews };
    },
    true,
  );
  return (
    <Shown answer={answer} missing={<NotThere kind="Contribution" name={String(id)} />}>
      {(found) =>
        found === undefined ? (
          <NotThere kind="Contribution" name={String(id)} />
        ) : (
          <>
            <PageHead kind={`Contribution ${id}`} title={<Title text={found.contribution.title} />}>
              <p class="under">
                <ContributionState of={found.contribution} />
                <span>
                  by <Id id={found.contribution.owner} page="contributor" what="the owner's address" />
                </span>
                <span>
                  in <DatanetName id={found.contribution.datanetId} />
                </span>
              </p>
            </PageHead>
            <TextFacts record={found.contribution} />
            <Credits id={id} />
            <Contested id={id} />
            <Reviews rows={found.reviews} />
            <Consent record={found.contribution} consent={found.consent} />
            <Raw json={found.contribution} />
          </>
        )
      }
    </Shown>
  );
}

function TextFacts({ record }: { readonly record: Record }) {
  return (
    <Card title="The text">
      <Facts
        rows={[
          ["Words", grouped(String(record.tokenCount))],
          ["Bytes", grouped(String(record.contentBytes))],
          ["Media type", <bdi>{blockOf(record.mediaType)}</bdi>],
          ["Fingerprints", grouped(String(record.fpCount))],
          ["First committed here", <Novelty of={record} />],
          [
            "Committed in block",
            <To page="block" id={record.intentHeight}>
              {grouped(String(record.intentHeight))}
            </To>,
          ],
          [
            "Shown in block",
            <To page="block" id={record.createdHeight}>
              {grouped(String(record.createdHeight))}
            </To>,
          ],
          ["First release", record.firstRelease === 0 ? "none yet" : String(record.firstRelease)],
          ["Bond held", <Amount of={amountFrom(record.bond)} />],
          ["Deposit locked", <Amount of={amountFrom(record.deposit)} />],
          ["Hash of the content", <Id id={toHex(record.contentRoot)} what="the root of the content" />],
          ["Hash of the fingerprints", <Id id={toHex(record.fpRoot)} what="the root of the fingerprints" />],
        ]}
      />
    </Card>
  );
}

type Credit = Messages["tributary.attribution.v1.Credit"];
const creditColumns: readonly Column<Credit>[] = [
  { title: "Batch", main: true, cell: ({ batchId }) => <To page="batch" id={batchId}>{`Batch ${batchId}`}</To> },
  {
    title: "Words",
    right: true,
    cell: ({ batchId, contributionId, tokens, receipts }) => (
      <a href={linkTo("credit", batchId, contributionId)}>{`${tokens} in ${counted(receipts, "answer")}`}</a>
    ),
  },
  { title: "Credited", right: true, cell: ({ amount }) => <Amount of={amountFrom(amount)} fine={9} /> },
  {
    title: "Contested",
    right: true,
    cell: ({ contested }) =>
      contested === "0" ? <span class="quiet">none</span> : <Amount of={amountFrom(contested)} fine={9} />,
  },
];

function Credits({ id }: { readonly id: bigint }) {
  return (
    <Card title="Credits by batch">
      <Paged
        name={`credits of ${id}`}
        ask={(pagination) =>
          node
            .query("tributary.attribution.v1.Query/ContributionCredits", { contributionId: id, pagination })
            .then(pageOf(({ credits }) => credits))
        }
        empty={<Empty>No settled answer has its words yet.</Empty>}
      >
        {(rows) => <Table caption="Credits" rows={rows} columns={creditColumns} keyOf={({ batchId }) => batchId} />}
      </Paged>
    </Card>
  );
}

type Pair = Messages["tributary.payout.v1.Pair"];

/** The columns of pairs, with the name of the other text. */
const pairColumns = (title: string, other: (pair: Pair) => bigint): readonly Column<Pair>[] => [
  { title, main: true, cell: (pair) => <ContributionName id={other(pair)} /> },
  { title: "Waits", right: true, cell: ({ amount }) => <Amount of={amountFrom(amount)} fine={9} /> },
  { title: "Batches", right: true, cell: ({ batches }) => String(batches) },
];
const older = pairColumns("Older text with the same words", ({ seniorId }) => seniorId);
const younger = pairColumns("Paid text with the same words", ({ contributionId }) => contributionId);

function Contested({ id }: { readonly id: bigint }) {
  const pairs =
    (asSenior: boolean) =>
    (pagination: ReturnType<typeof pageRequest>): Promise<PageOf<Pair>> =>
      node
        .query("tributary.payout.v1.Query/Pairs", { contributionId: id, asSenior, pagination })
        .then(pageOf((answer) => answer.pairs));
  return (
    <Card title="Contested, and waiting">
      <Paged
        name={`pairs of ${id}`}
        ask={pairs(false)}
        empty={<Empty>No older contribution of another owner claims the wording that it was paid for.</Empty>}
      >
        {(rows) => <Table caption="Contested credit" rows={rows} columns={older} keyOf={({ seniorId }) => seniorId} />}
      </Paged>
      <h3>Contested by it</h3>
      <Paged
        name={`pairs by ${id}`}
        ask={pairs(true)}
        empty={<Empty>It is not the older text of any credit that waits.</Empty>}
      >
        {(rows) => (
          <Table caption="Credit it contests" rows={rows} columns={younger} keyOf={(row) => row.contributionId} />
        )}
      </Paged>
    </Card>
  );
}

type Review = Messages["tributary.datanet.v1.Review"];
const reviewColumns: readonly Column<Review>[] = [
  {
    title: "Curator",
    main: true,
    cell: ({ curator }) => <Id id={curator} page="account" what="the curator's address" />,
  },
  {
    title: "Verdict",
    cell: ({ verdict }) => <Badge tone={verdict === 1 ? "good" : "bad"}>{verdictWords(verdict)}</Badge>,
  },
  { title: "Reason", cell: ({ reason }) => reviewWords(reason) },
  {
    title: "Note",
    cell: ({ note }) => (note === "" ? <span class="quiet">none</span> : <Title text={note} max={400} />),
  },
  {
    title: "Block",
    right: true,
    cell: ({ height }) => (
      <To page="block" id={height}>
        {grouped(String(height))}
      </To>
    ),
  },
];

function Reviews({ rows }: { readonly rows: readonly Review[] }) {
  return (
    <Card title="Reviews">
      {rows.length === 0 ? (
        <Empty>No curator has reviewed it.</Empty>
      ) : (
        <Table caption="Reviews" rows={rows} columns={reviewColumns} keyOf={({ curator }) => curator} />
      )}
    </Card>
  );
}

type ConsentAnswer = Messages["tributary.datanet.v1.QueryConsentResponse"];

function Consent({ record, consent }: { readonly record: Record; readonly consent: ConsentAnswer }) {
  const { terms, height, withdrawnHeight } = consent;
  return (
    <Card title="What the owner consented to">
      <Facts
        rows={[
          ["Terms", `version ${record.termsVersion}`],
          ["Hash of the terms", <Id id={toHex(record.termsHash)} what="the hash of the terms" />],
          terms === undefined ? undefined : ["Part of the pay for the datanet", percent(terms.treasuryBasisPoints)],
          [
            "Signed in block",
            <To page="block" id={height}>
              {grouped(String(height))}
            </To>,
          ],
          [
            "Withdrawn",
            withdrawnHeight === 0n ? (
              "no"
            ) : (
              <To page="block" id={withdrawnHeight}>
                {grouped(String(withdrawnHeight))}
              </To>
            ),
          ],
        ]}
      />
      <h3>Versions that were trained on it</h3>
      <Reach id={record.id} />
    </Card>
  );
}

/** Versions named at once: further ones are on the pages of their models. */
const REACHED = 50;

function Reach({ id }: { readonly id: bigint }) {
  const answer = useAnswer(`reach ${id}`, () =>
    node.query("tributary.model.v1.Query/Reach", { contributionId: id, limit: REACHED }),
  );
  return (
    <Shown answer={answer}>
      {({ versions, nextAfter }) =>
        versions.length === 0 ? (
          <p class="quiet">None pins a release with it.</p>
        ) : (
          <p class="inline">
            {versions.map(({ versionId, direct }, at) => (
              <span key={String(versionId)}>
                {at > 0 && ", "}
                <VersionName id={versionId} />
                {!direct && <span class="quiet"> (inherited)</span>}
              </span>
            ))}
            {nextAfter !== 0n && " and more"}
          </p>
        )
      }
    </Shown>
  );
}
