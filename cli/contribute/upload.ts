import { toHex, type Bytes } from "#proto/bytes.js";
import { message } from "#proto/codec/message.js";
import { isRejection } from "#proto/rejection.js";
import { ownAny } from "#proto/tx/build.js";
import { TxMsgData } from "cosmjs-types/cosmos/base/abci/v1beta1/abci";
import type { AnyMessage } from "#proto/tx/decode.js";
import type { ClientTx } from "#proto/client/index.js";
import { CliFault } from "../fault.js";
import { EXIT } from "../exit.js";
import { adviceFor } from "../tx/refusal.js";
import type { TxSession } from "../tx/session.js";
import type { World } from "../world.js";
import {
  contributionsOf,
  fetchContribution,
  isCommitted,
  sameContent,
  type Contribution,
  type Datanet,
  type Terms,
} from "./chain.js";
import { commitmentOf, contributionNonce, type PlannedFile } from "./plan.js";

export interface Uploaded {
  readonly path: string;
  readonly id: bigint;
  /** It was on the chain before: nothing was sent for it. */
  readonly known: boolean;
}

interface Job {
  readonly plan: PlannedFile;
  readonly nonce: Bytes;
  readonly commitment: Bytes;
}

/** Commitments that go into one transaction: far below the chain's limit of messages. */
const COMMITMENTS_PER_TX = 32;

/**
 * Commits to all files, waits, then contributes them one after the other. What an earlier run has done is found on the
 * chain by content and left out, so the same command goes on where it stopped.
 */
export async function upload(
  plans: readonly PlannedFile[],
  datanet: Datanet,
  terms: Terms,
  session: TxSession,
  secretKey: Bytes,
  world: World,
  progress: (text: string) => void,
): Promise<Uploaded[]> {
  const known = await contributionsOf(session.node, session.address, datanet.id);
  const jobs = plans.map((plan): Job => {
    const nonce = contributionNonce(secretKey, datanet.id, plan.prepared.contentRoot);
    return { plan, nonce, commitment: commitmentOf(plan, session.key.address, nonce) };
  });
  const open = jobs.filter(
    ({ plan }) => !known.some((contribution) => sameContent(contribution, plan.prepared.contentRoot)),
  );
  await commitAll(open, session, progress);
  const done: Uploaded[] = [];
  for (const [i, job] of jobs.entries()) {
    progress(`contributing ${i + 1} of ${jobs.length}: ${job.plan.file.path}`);
    const before = known.find((contribution) => sameContent(contribution, job.plan.prepared.contentRoot));
    const id = before?.id ?? (await contribute(job, datanet, terms, session));
    await addFingerprints(job.plan, id, before, session, progress);
    done.push({ path: job.plan.file.path, id, known: before !== undefined && before.completeHeight > 0n });
    if (world.out.quiet) world.out.line(id.toString());
  }
  return done;
}

async function commitAll(jobs: readonly Job[], session: TxSession, progress: (text: string) => void): Promise<void> {
  const missing: Job[] = [];
  for (const job of jobs) if (!(await isCommitted(session.node, session.address, job.commitment))) missing.push(job);
  for (let at = 0; at < missing.length; at += COMMITMENTS_PER_TX) {
    const batch = missing.slice(at, at + COMMITMENTS_PER_TX);
    progress(`committing ${at + batch.length} of ${missing.length}`);
    await included(
      session,
      batch.map(({ commitment, plan }) =>
        ownAny("tributary.datanet.v1.MsgCommitContribution", {
          owner: session.address,
          commitment,
          fpCount: plan.prepared.fpCount,
        }),
      ),
    );
  }
}

async function contribute({ plan, nonce }: Job, datanet: Datanet, terms: Terms, session: TxSession): Promise<bigint> {
  const { prepared, file, chunks } = plan;
  const tx = await included(session, [
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
    }),
  ]);
  const [response] = TxMsgData.decode(tx.result.data).msgResponses;
  const answer =
    response === undefined ? undefined : message("tributary.datanet.v1.MsgContributeResponse").decode(response.value);
  if (answer === undefined || isRejection(answer)) {
    throw new CliFault("bad_answer", `tx ${toHex(tx.hash)} has no contribution id in its answer`);
  }
  return answer.contributionId;
}

/** Sends what the chain does not have yet of the set. */
async function addFingerprints(
  { chunks }: PlannedFile,
  contributionId: bigint,
  before: Contribution | undefined,
  session: TxSession,
  progress: (text: string) => void,
): Promise<void> {
  if (chunks.length === 1 || (before !== undefined && before.completeHeight > 0n)) return;
  const first =
    before === undefined
      ? 1
      : ((await fetchContribution(session.node, contributionId)).upload?.chunks ?? chunks.length);
  for (let index = first; index < chunks.length; index++) {
    progress(`contributing: fingerprints ${index + 1} of ${chunks.length} of ${contributionId}`);
    await included(session, [
      ownAny("tributary.datanet.v1.MsgAddFingerprints", {
        owner: session.address,
        contributionId,
        index,
        fingerprints: chunks[index]!,
      }),
    ]);
  }
}

/** Sends and waits; a tx that failed in its block is a fault with exit code 6. */
async function included(session: TxSession, messages: readonly AnyMessage[]): Promise<ClientTx> {
  const { hash } = await session.send(await session.prepare(messages));
  const tx = await session.wait(hash);
  const { code, codespace, log } = tx.result;
  if (code === 0) return tx;
  const fix = adviceFor(codespace, code);
  throw new CliFault(
    "reverted",
    `tx ${hash} is in block ${tx.height} and failed there: ${log} (${codespace} ${code})`,
    { exit: EXIT.reverted, ...(fix === undefined ? {} : { fix }) },
  );
}
