import type { CreditExplanation, PayingReceipt } from "#proto/client/verify/index.js";
import { amountFrom, grouped } from "../../present/amount.js";
import { idOf, linkTo } from "../../present/route.js";
import { counted } from "../../present/text.js";
import { useAnswer } from "../ask.js";
import { ContributionName, contributionOf } from "../names.js";
import { node } from "../node.js";
import { Amount, Card, Empty, Id, PageHead, Stat, Title, To } from "../parts/basic.js";
import { NotThere } from "../parts/by-slug.js";
import { Shown } from "../parts/shown.js";
import { Table, type Column } from "../parts/table.js";
import { Recompute, Verdict } from "../recompute/recompute.js";

/** What one batch credits to one contribution, down to the answers. */
export function Credit({ batch, contribution }: { readonly batch: string; readonly contribution: string }) {
  const [batchId, contributionId] = [idOf(batch), idOf(contribution)];
  if (batchId === undefined || contributionId === undefined) {
    return <NotThere kind="Credit" name={`${batch} ${contribution}`} />;
  }
  return <Existing batchId={batchId} contributionId={contributionId} />;
}

/** The first row at or after a contribution: credits of a batch are listed by contribution. */
async function readCredit(batchId: bigint, contributionId: bigint) {
  const [contribution, { batch }] = await Promise.all([
    contributionOf(contributionId),
    node.query("tributary.attribution.v1.Query/Batch", { batchId }),
  ]);
  return { contribution, batch };
}

function Existing({ batchId, contributionId }: { readonly batchId: bigint; readonly contributionId: bigint }) {
  const answer = useAnswer(`credit ${batchId} ${contributionId}`, () => readCredit(batchId, contributionId));
  return (
    <Shown answer={answer} missing={<NotThere kind="Credit" name={`of batch ${batchId}`} />}>
      {({ contribution, batch }) => (
        <>
          <PageHead
            kind={`Batch ${batchId}, contribution ${contributionId}`}
            title={<Title text={contribution?.title ?? `Contribution ${contributionId}`} />}
          >
            <p class="under">
              <To page="batch" id={batchId}>
                The batch
              </To>
              <To page="contribution" id={contributionId}>
                The contribution
              </To>
              <span>
                of <Id id={contribution?.owner ?? ""} page="contributor" what="the owner's address" />
              </span>
            </p>
          </PageHead>
          <Card title="Which answers pay it">
            {batch?.settlement === undefined ? (
              <Empty>Known when the batch is settled.</Empty>
            ) : (
              <Recompute
                what="The chain keeps the sum. Which answers it is made of follows from their opened receipts: the whole batch is decided again here, as `tribd explain payout` does."
                run={(verify, watch) => verify.recomputeCredit(batchId, contributionId, watch)}
              >
                {(explained) => <Explained explained={explained} />}
              </Recompute>
            )}
          </Card>
        </>
      )}
    </Shown>
  );
}

function Explained({ explained }: { readonly explained: CreditExplanation }) {
  const { batch, credit, receipts } = explained;
  if (credit === undefined) return <Verdict isRight>{`No opened answer of batch ${batch.id} pays it.`}</Verdict>;
  const columns: readonly Column<PayingReceipt>[] = [
    {
      title: "Answer",
      main: true,
      cell: ({ voucherId, index, receipt }) => (
        <a
          href={linkTo("receipt", batch.id, voucherId, index)}
        >{`Answer ${receipt.nonce} of channel ${receipt.channelId}`}</a>
      ),
    },
    { title: "Fee", right: true, cell: ({ receipt }) => <Amount of={receipt.fee} /> },
    { title: "Words", right: true, cell: ({ tokens, receipt }) => `${tokens} of ${receipt.tokens}` },
    { title: "Draws", right: true, cell: ({ share }) => share.draws },
    { title: "Pays", right: true, cell: ({ amount }) => <Amount of={amount} fine={9} /> },
    {
      title: "Contested by",
      cell: ({ contester, contested }) =>
        contester === undefined || contested === 0n ? (
          <span class="quiet">nobody</span>
        ) : (
          <>
            <ContributionName id={contester.contribution} /> (<Amount of={contested} fine={9} />)
          </>
        ),
    },
  ];
  return (
    <>
      <Verdict
        isRight
      >{`The chain recorded what these ${counted(receipts.length, "answer")} add up to, to the last unit.`}</Verdict>
      <dl class="stats inner">
        <Stat name="Credited">
          <Amount of={amountFrom(credit.amount)} fine={9} />
        </Stat>
        <Stat name="Of it contested">
          <Amount of={amountFrom(credit.contested)} fine={9} />
        </Stat>
        <Stat name="Words">{grouped(String(credit.tokens))}</Stat>
      </dl>
      <Table
        caption="Answers that pay"
        rows={receipts}
        columns={columns}
        keyOf={({ voucherId, index }) => `${voucherId}/${index}`}
      />
    </>
  );
}
