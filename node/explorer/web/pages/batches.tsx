import { commands } from "../../present/commands.js";
import { node } from "../node.js";
import { Card, Empty, PageHead } from "../parts/basic.js";
import { BatchTable } from "../parts/batches.js";
import { Paged, pageOf } from "../parts/shown.js";

export function Batches() {
  return (
    <>
      <PageHead kind="Use" title="Batches" />
      <Card title="Newest first" extra="Fees of one provider’s use of one version in one epoch">
        <Paged
          name="batches"
          ask={(pagination) =>
            node.query("tributary.attribution.v1.Query/Batches", { pagination }).then(pageOf(({ batches }) => batches))
          }
          empty={
            <Empty command={commands.openChannel}>
              No fee was redeemed yet. A batch begins with the first voucher that a provider redeems in an epoch.
            </Empty>
          }
        >
          {(rows) => <BatchTable rows={rows} />}
        </Paged>
      </Card>
    </>
  );
}
