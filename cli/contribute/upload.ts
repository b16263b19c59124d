import { toHex, type Bytes } from "#proto/bytes.js";
import { message } from "#proto/codec/message.js";
import { isRejection } from "#proto/rejection.js";
import { ownAny } from "#proto/tx/build.js";
import { TxMsgData } from "cosmjs-types/cosmos/base/abci/v1beta1/abci";
import type { AnyMessage } from "#proto/tx/decode.js";
import type { ClientTx } from "#proto/client/index.js";
import { CliFault } from "../fault.js";
import { pipeline, type Load } from "../tx/pipeline.js";
import type { Refused } from "../tx/refusal.js";
import type { TxSession } from "../tx/session.js";
import {
  contributionsOf,
  fetchContribution,
  isCommitted,
  type Contribution,
  type Datanet,
  type Terms,
} from "./chain.js";
import { pack } from "./pack.js";
import { commitmentOf, contributionNonce, type PlannedFile } from "./plan.js";

/** The outcome of a file. */
export interface Uploaded {
  readonly path: string;
  readonly id: bigint | undefined;
  /** It was on the chain before: nothing was sent for it. */
  readonly known: boolean;
  /** Why the chain did not take it. */
  readonly refused: Refused | undefined;
}

interface Job {
  readonly plan: PlannedFile;
  readonly nonce: Bytes;
  readonly commitment: Bytes;
  before: Contribution | undefined;
  id: bigint | undefined;
  refused: Refused | undefined;
}

interface Upload {
  readonly datanet: Datanet;
  readonly terms: Terms;
  readonly session: TxSession;
  readonly progress: (text: string) => void;
}

/**
 * Commits to all files, then contributes them: several files a transaction, several transactions a block. A file that the
 * chain refuses stops no other. What an earlier run has done is found on the chain by content and left out, so the same
 * command goes on where it stopped.
 */
export async function upload(plans: readonly PlannedFile[], secretKey: Bytes, to: Upload): Promise<Uploaded[]> {
  const { session, datanet } = to;
  const own = await contributionsOf(session.node, session.address, datanet.id);
  const known = new Map(own.map((contribution) => [toHex(contribution.contentRoot), contribution]));
  const jobs = plans.map((plan): Job => {
    const { contentRoot } = plan.prepared;
    const nonce = contributionNonce(secretKey, datanet.id, contentRoot);
    const before = known.get(toHex(contentRoot));
    const commitment = commitmentOf(plan, session.key.address, nonce);
    return { plan, nonce, commitment, before, id: before?.id, refused: undefined };
  });
  const fresh = jobs.filter(({ id }) => id === undefined);
  await commitAll(fresh, to);
  await contributeAll(
    fresh.filter(({ refused }) => refused === undefined),
    to,
  );
  await addFingerprints(
    jobs.filter((job) => job.id !== undefined && !isComplete(job)),
    to,
  );
  return jobs.map((job) => {
    const { plan, id, before, refused } = job;
    return { path: plan.file.path, id, known: before !== undefined && isComplete(job), refused };
  });
}

/** Whether the chain had all of it before, or one message brings all. */
function isComplete({ plan, before }: Job): boolean {
  return before === undefined ? plan.chunks.length === 1 : before.completeHeight > 0n;
}

async function commitAll(jobs: readonly Job[], to: Upload): Promise<void> {
  const { session } = to;
  const missing: Job[] = [];
  for (const job of jobs) if (!(await isCommitted(session.node, session.address, job.commitment))) missing.push(job);
  const commit = ({ commitment, plan }: Job): AnyMessage =>
    ownAny("tributary.datanet.v1.MsgCommitContribution", {
      owner: session.address,
      commitment,
      fpCount: plan.prepared.fpCount,
    });
  await sendAll(missing, commit, "committed", to, () => undefined);
}

async function contributeAll(jobs: readonly Job[], to: Upload): Promise<void> {
  const { session, datanet, terms } = to;
  const contribute = ({ plan: { prepared, file, chunks }, nonce }: Job): AnyMessage =>
    ownAny("tributary.datanet.v1.MsgContribute", {
      owner: session.address,
      datanetId: datanet.id,
      nonce,
      contentRoot: prepared.contentRoot,
      contentBytes: prepared.contentBytes,
      recordCount: prepared.recordCount,
      mediaType: file.mediaType,
      title: file.title,
      termsVersion: terms.version,
      termsHash: terms.hash,
      fpRoot: prepared.fpRoot,
      fpCount: prepared.fpCount,
      tokenCount: prepared.tokenCount,
      fingerprints: chunks[0]!,
    });
  await sendAll(jobs, contribute, "contributed", to, (group, tx) => {
    const { msgResponses } = TxMsgData.decode(tx.result.data);
    for (const [i, job] of group.entries()) job.id = contributionId(msgResponses[i]?.value, tx);
  });
}

function contributionId(bytes: Bytes | undefined, { hash }: ClientTx): bigint {
  const answer = bytes === undefined ? undefined : message("tributary.datanet.v1.MsgContributeResponse").decode(bytes);
  if (answer !== undefined && !isRejection(answer)) return answer.contributionId;
  throw new CliFault("bad_answer", `tx ${toHex(hash)} has no contribution id in its answer`);
}

/** One message a job, many a transaction. A transaction that is refused is sent anew in single messages: it may be for one of them. */
async function sendAll(
  jobs: readonly Job[],
  messageOf: (job: Job) => AnyMessage,
  done: string,
  { session, progress }: Upload,
  taken: (group: readonly Job[], tx: ClientTx) => void,
): Promise<void> {
  let count = 0;
  const send = async (groups: readonly (readonly Job[])[]): Promise<Job[]> => {
    const apart: Job[] = [];
    const loads = groups.map((what): Load<readonly Job[]> => ({ what, messages: what.map(messageOf) }));
    for await (const { what, ...outcome } of pipeline(session, loads)) {
      if (outcome.refused === undefined) taken(what, outcome.tx);
      else if (what.length > 1) {
        apart.push(...what);
        continue;
      } else what[0]!.refused = outcome.refused;
      count += what.length;
      progress(`${done} ${count} of ${jobs.length}`);
    }
    return apart;
  };
  const apart = await send(pack(jobs, (job) => messageOf(job).value.length));
  await send(apart.map((job) => [job]));
}

/** Sends what the chain does not have yet of the large sets: their chunks in order. */
async function addFingerprints(jobs: readonly Job[], { session, progress }: Upload): Promise<void> {
  for (const job of jobs) {
    const { id: contributionId, before, plan } = job;
    const { chunks } = plan;
    const first =
      before === undefined
        ? 1
        : ((await fetchContribution(session.node, contributionId!)).upload?.chunks ?? chunks.length);
    const loads = chunks.slice(first).map((fingerprints, i): Load<number> => {
      const index = first + i;
      const value = { owner: session.address, contributionId: contributionId!, index, fingerprints };
      return { what: index, messages: [ownAny("tributary.datanet.v1.MsgAddFingerprints", value)] };
    });
    for await (const { what, refused } of pipeline(session, loads)) {
      job.refused ??= refused;
      progress(`fingerprints ${what + 1} of ${chunks.length} of ${plan.file.path}`);
    }
  }
}
