import type { Holder } from "#proto/attribution/credit.js";
import { isHolder } from "#proto/attribution/standing.js";
import { fingerprintAt, fingerprintCount } from "#proto/attribution/fingerprint.js";
import type { Messages } from "#proto/codec/message.js";
import type { Bytes } from "#proto/bytes.js";
import { present } from "#proto/assert.js";
import type { Client } from "#proto/client/index.js";
import { allPages, query } from "../query.js";

type Batch = Messages["tributary.attribution.v1.Batch"];
type Contribution = Messages["tributary.datanet.v1.Contribution"];

/** Everything that one batch's credits follow from, as the chain keeps it. */
export interface Committed {
  readonly batch: Batch;
  readonly whole: boolean;
  readonly beacon: Bytes;
  readonly vouchers: readonly Messages["tributary.attribution.v1.Voucher"][];
  readonly openings: readonly Messages["tributary.attribution.v1.OpenedReceipt"][];
  readonly credits: readonly Messages["tributary.attribution.v1.Credit"][];
  readonly versionHeight: bigint;
  /** By fingerprint: who held it, complete and active, when the batch was formed. */
  readonly holders: ReadonlyMap<bigint, readonly Holder[]>;
  readonly licensed: ReadonlySet<bigint>;
  readonly common: ReadonlySet<bigint>;
}

export async function fetchCommitted(node: Client, batchId: bigint): Promise<Committed> {
  const answer = await query(node, "tributary.attribution.v1.Query/Batch", { batchId });
  const batch = present(answer.batch, "the query answers with the batch");
  const { version } = await query(node, "tributary.model.v1.Query/Version", { versionId: batch.versionId });
  const contributions = (await fetchContributions(node)).filter((one) => isHolder(one, batch.formedHeight));
  return {
    batch,
    whole: answer.whole,
    beacon: answer.epoch?.beacon ?? new Uint8Array(0),
    vouchers: await allPages(
      (pagination) => query(node, "tributary.attribution.v1.Query/Vouchers", { batchId, pagination }),
      ({ vouchers }) => vouchers,
    ),
    openings: await allPages(
      (pagination) => query(node, "tributary.attribution.v1.Query/Openings", { batchId, pagination }),
      ({ openings }) => openings,
    ),
    credits: await allPages(
      (pagination) => query(node, "tributary.attribution.v1.Query/Credits", { batchId, pagination }),
      ({ credits }) => credits,
    ),
    versionHeight: present(version, "the query answers with the version").height,
    holders: await fetchHolders(node, contributions),
    licensed: await fetchLicensed(node, batch.versionId, contributions),
    common: new Set(
      await allPages(
        (pagination) => query(node, "tributary.attribution.v1.Query/Common", { pagination }),
        ({ fingerprints }) => fingerprints,
      ),
    ),
  };
}

async function fetchContributions(node: Client): Promise<Contribution[]> {
  const datanets = await allPages(
    (pagination) => query(node, "tributary.datanet.v1.Query/Datanets", { pagination }),
    ({ datanets }) => datanets,
  );
  const all: Contribution[] = [];
  for (const { id: datanetId } of datanets) {
    all.push(
      ...(await allPages(
        (pagination) => query(node, "tributary.datanet.v1.Query/Contributions", { datanetId, pagination }),
        ({ contributions }) => contributions,
      )),
    );
  }
  return all;
}

async function fetchHolders(node: Client, contributions: readonly Contribution[]): Promise<Map<bigint, Holder[]>> {
  const holders = new Map<bigint, Holder[]>();
  for (const { id: contribution, intentHeight, intentIndex } of contributions) {
    for (let [index, chunks] = [0, 1]; index < chunks; index++) {
      const path = "tributary.datanet.v1.Query/Fingerprints";
      const answer = await query(node, path, { contributionId: contribution, index });
      chunks = answer.chunks;
      for (let i = 0; i < fingerprintCount(answer.fingerprints); i++) {
        const fingerprint = fingerprintAt(answer.fingerprints, i);
        const known = holders.get(fingerprint);
        const holder = { contribution, intentHeight, intentIndex };
        if (known === undefined) holders.set(fingerprint, [holder]);
        else known.push(holder);
      }
    }
  }
  return holders;
}

async function fetchLicensed(
  node: Client,
  versionId: bigint,
  contributions: readonly Contribution[],
): Promise<Set<bigint>> {
  const licensed = new Set<bigint>();
  for (const { id: contributionId } of contributions) {
    const { eligible } = await query(node, "tributary.model.v1.Query/Eligible", { versionId, contributionId });
    if (eligible) licensed.add(contributionId);
  }
  return licensed;
}
