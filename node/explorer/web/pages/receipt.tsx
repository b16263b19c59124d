import { toHex } from "#proto/bytes.js";
import type { ReceiptExplanation } from "#proto/client/verify/index.js";
import { reasonText } from "#proto/client/words/reasons.js";
import { grouped } from "../../present/amount.js";
import { idOf } from "../../present/route.js";
import { counted } from "../../present/text.js";
import { useAnswer } from "../ask.js";
import { ContributionName, VersionName } from "../names.js";
import { node } from "../node.js";
import { Amount, Card, Facts, Id, PageHead, Time, To } from "../parts/basic.js";
import { NotThere } from "../parts/by-slug.js";
import { Bars } from "../parts/bars.js";
import { Shown } from "../parts/shown.js";
import { Table, type Column } from "../parts/table.js";
import { Recompute, Verdict } from "../recompute/recompute.js";
import type * as Verify from "../recompute/verify.js";

interface Place {
  readonly batchId: bigint;
  readonly voucherId: bigint;
  readonly index: bigint;
}

/** One opened answer: who is paid for which of its words. */
export function Receipt(props: { readonly batch: string; readonly voucher: string; readonly index: string }) {
  const [batchId, voucherId, index] = [idOf(props.batch), idOf(props.voucher), idOf(props.index)];
  if (batchId === undefined || voucherId === undefined || index === undefined) {
    return <NotThere kind="Answer" name={`${props.batch} ${props.voucher} ${props.index}`} />;
  }
  return <Existing place={{ batchId, voucherId, index }} />;
}

function Existing({ place }: { readonly place: Place }) {
  const { batchId, voucherId, index } = place;
  const answer = useAnswer(`receipt ${batchId} ${voucherId} ${index}`, () =>
    node.query("tributary.attribution.v1.Query/Opening", place),
  );
  const missing = <NotThere kind="Opened answer" name={`${index} under voucher ${voucherId} of batch ${batchId}`} />;
  return (
    <Shown answer={answer} missing={missing}>
      {({ opened }) => {
        const receipt = opened?.head?.receipt;
        if (opened === undefined || receipt === undefined) return missing;
        return (
          <>
            <PageHead
              kind={`Batch ${batchId}, voucher ${voucherId}, receipt ${index}`}
              title={`Answer ${receipt.nonce} of channel ${receipt.channelId}`}
            >
              <p class="under">
                <To page="batch" id={batchId}>
                  The batch
                </To>
                <span>
                  by <VersionName id={receipt.versionId} />
                </span>
                <Time ms={receipt.time} />
              </p>
            </PageHead>
            <Card title="Receipt">
              <Facts
                rows={[
                  ["Fee", <Amount of={receipt.fee} />],
                  ["Words of the answer", grouped(String(receipt.tokens))],
                  ["Opened by", <Id id={opened.opener} page="account" what="the opener's address" />],
                  [
                    "Opened in block",
                    <To page="block" id={opened.height}>
                      {grouped(String(opened.height))}
                    </To>,
                  ],
                  ["Hash of the request", <Id id={toHex(receipt.requestHash)} what="the hash of the request" />],
                  ["Hash of the answer", <Id id={toHex(receipt.outRoot)} what="the root of the answer" />],
                ]}
              />
            </Card>
            <Card title="Who is paid for which words">
              <Recompute
                what="The opened receipt is proven and decided again here, word by word, as `tribd explain receipt` does."
                run={async (verify, watch) => ({ verify, explained: await verify.recomputeReceipt(place, watch) })}
              >
                {({ verify, explained }) => <Explained explained={explained} verify={verify} />}
              </Recompute>
            </Card>
          </>
        );
      }}
    </Shown>
  );
}

type Paid = ReceiptExplanation["pay"]["credits"][number];

function Explained({
  explained,
  verify: { AnswerWords, Legend },
}: {
  readonly explained: ReceiptExplanation;
  readonly verify: typeof Verify;
}) {
  const { share, tokens, pay, consumer, contributions, batch } = explained;
  const columns: readonly Column<Paid>[] = [
    { title: "Paid to", main: true, cell: ({ committer }) => <ContributionName id={committer.contribution} /> },
    {
      title: "Owner",
      cell: ({ committer }) => (
        <Id id={contributions.get(committer.contribution)?.owner ?? ""} page="contributor" what="the owner's address" />
      ),
    },
    { title: "Words", right: true, cell: ({ tokens: count }) => count },
    { title: "Pay", right: true, cell: ({ amount }) => <Amount of={amount} fine={9} /> },
    {
      title: "Contested by",
      cell: ({ contested, contester }) =>
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
        rows={[
          ["Asked by", <Id id={consumer} page="account" what="the consumer's address" />],
          ["Shared out by its words", <Amount of={share.pool} fine={9} />],
          ["Drawn", batch.settlement?.whole === true ? "with all others" : counted(share.draws, "time")],
        ]}
      >
        {`All ${counted(tokens.length, "word")} are decided as the rule says, from proven bytes.`}
      </Verdict>
      <AnswerWords explained={explained} />
      <Legend explained={explained} />
      {pay.credits.length > 0 && (
        <Table
          caption="Paid contributions"
          rows={pay.credits}
          columns={columns}
          keyOf={({ committer }) => committer.contribution}
        />
      )}
      <h3>Paid to nobody, and why</h3>
      <Bars
        fine={9}
        rows={pay.residual.map(({ reason, tokens: count, amount }) => ({
          key: String(reason),
          name: reasonText(reason),
          amount,
          ...(count === 0 ? {} : { note: counted(count, "word") }),
        }))}
      />
    </>
  );
}
