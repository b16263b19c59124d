import { useState } from "preact/hooks";
import { useAnswer } from "../ask.js";
import { useLive } from "../live.js";
import { Card, PageHead } from "../parts/basic.js";
import { BlockTable } from "../parts/blocks.js";
import { Pager, Shown } from "../parts/shown.js";
import { readBlocks } from "../reads.js";

const ROWS = 20n;

export function Blocks() {
  const { status } = useLive();
  const [top, setTop] = useState<bigint>();
  const [page, setPage] = useState(1);
  const answer = useAnswer(`blocks ${top ?? "latest"}`, () => readBlocks(top), top === undefined);
  const begin = top ?? status.height;
  const older = begin > ROWS ? begin - ROWS : undefined;
  return (
    <>
      <PageHead kind="Chain" title="Blocks" />
      <Card title="Newest first">
        <Shown answer={answer}>{(rows) => <BlockTable rows={rows} />}</Shown>
        <Pager
          page={page}
          onBack={
            top === undefined
              ? undefined
              : () => {
                  setTop(top + ROWS >= status.height || page === 2 ? undefined : top + ROWS);
                  setPage(page - 1);
                }
          }
          onNext={
            older === undefined || older < status.earliestHeight
              ? undefined
              : () => {
                  setTop(older);
                  setPage(page + 1);
                }
          }
        />
      </Card>
    </>
  );
}
