import type { Bytes } from "../../bytes.js";
import { attackEvidence, type Common } from "../../evidence/make.js";
import type { LightBlock } from "../../light/header.js";
import type { Believed, TrustTerms } from "../../light/trust.js";
import { isRejection, rejectionText } from "../../rejection.js";
import { upperHex } from "../../rpc/json.js";
import { hashBytes } from "../../types/block-id.js";
import { evidenceCodec, headerHash, isHeaderOf } from "../../types/block.js";
import type { Genesis } from "../../types/genesis.js";
import { VerifyFault } from "./fault.js";
import { TrustedHeaders, type TrustPoint } from "./headers.js";
import type { Source } from "./source.js";

/** A node of the chain that can also be told of an attack. */
export interface Witness {
  readonly name: string;
  readonly source: Source;
  /** @returns the evidence's hash. @throws when the node refuses it or does not answer */
  submitEvidence(evidence: Bytes): Promise<Bytes>;
}

/** Where belief began: a witness has to begin there too. */
export interface Beginning {
  readonly genesis: Genesis;
  readonly terms: TrustTerms;
  readonly point: TrustPoint | undefined;
}

/** `unproven`: it shows another header and cannot show why anybody should believe it. */
export type Opinion = "agrees" | "behind" | "unreachable" | "unproven";

/** Two chains of headers, each signed by validators that were trusted where they part. */
export interface Divergence {
  readonly witness: string;
  /** The first height that both were asked for and do not agree on. */
  readonly height: bigint;
  readonly primaryHash: Bytes;
  readonly witnessHash: Bytes;
  /** The reports sent to nodes, and their results. */
  readonly told: readonly string[];
}

/**
 * Asks every witness for what the primary has shown (S6). A witness that shows another header, and can prove it as the
 * primary did, has found an attack: each side gets the evidence against the other, and nothing further is asked.
 * @param believed the header to confirm, verified by `headers`
 */
export async function askWitnesses(
  primary: Witness,
  headers: TrustedHeaders,
  believed: Believed,
  witnesses: readonly Witness[],
  from: Beginning,
): Promise<readonly Opinion[] | Divergence> {
  const opinions: Opinion[] = [];
  for (const witness of witnesses) {
    const trace = headers.trace(believed.trusted.height);
    const seen = await look(trace, believed, witness.source).catch(() => "unreachable" as const);
    const opinion = typeof seen === "string" ? seen : await prove(primary, witness, seen, from);
    if (typeof opinion !== "string") return opinion;
    opinions.push(opinion);
  }
  return opinions;
}

/** Where the ways of two sources part. */
interface Parting {
  /** The last header of the first source's way that both have; undefined: they part at its beginning. */
  readonly common: Believed | undefined;
  readonly first: LightBlock;
  readonly second: LightBlock;
}

async function look(trace: readonly Believed[], believed: Believed, source: Source): Promise<Opinion | Parting> {
  const { height } = believed.trusted;
  const tip = await source.latestHeight();
  const latest = tip < height ? tip : height;
  const theirs = await source.lightBlock(latest);
  if (latest === height && sameHeader(theirs, believed.block)) return "agrees";
  const parting = await partingOf(trace, source, latest);
  if (parting !== undefined) return parting;
  // A header above the witness' last one is later than it, or it was made up ahead of the chain.
  const common = trace.findLast(({ trusted }) => trusted.height <= latest);
  if (common === undefined || theirs.header.time < believed.block.header.time) return "behind";
  return { common, first: believed.block, second: theirs };
}

async function partingOf(trace: readonly Believed[], source: Source, latest: bigint): Promise<Parting | undefined> {
  let common: Believed | undefined;
  for (const step of trace) {
    if (step.trusted.height > latest) return undefined;
    const other = await source.lightBlock(step.trusted.height);
    if (!sameHeader(other, step.block)) return { common, first: step.block, second: other };
    common = step;
  }
  return undefined;
}

/** The witness must reach its header by the same rules as the primary its own; else it only says something. */
async function prove(
  primary: Witness,
  witness: Witness,
  parting: Parting,
  { genesis, terms, point }: Beginning,
): Promise<Opinion | Divergence> {
  const { common, first, second } = parting;
  const { height } = second.header;
  let way: TrustedHeaders;
  try {
    way =
      common === undefined
        ? await TrustedHeaders.open(witness.source, genesis, terms, point)
        : TrustedHeaders.from(witness.source, common, terms);
    await way.at(height);
  } catch (error) {
    return error instanceof VerifyFault ? "unproven" : "unreachable";
  }
  const told = [await accuse(witness, primary.name, parting)];
  // The witness may have needed headers in between: the case against it is where its own way parts from the primary's.
  const back = await partingOf(way.trace(height), primary.source, height).catch(() => undefined);
  if (back !== undefined) told.push(await accuse(primary, witness.name, back));
  const hashOf = ({ header }: LightBlock): Bytes => hashBytes(headerHash(header));
  const hashes = { primaryHash: hashOf(first), witnessHash: hashOf(second) };
  return { witness: witness.name, height: first.header.height, ...hashes, told };
}

/** Sends evidence against the signers of the first header to a node that has the second. */
async function accuse(judge: Witness, accused: string, { common, first, second }: Parting): Promise<string> {
  // Without a common header both begin at genesis, whose set decides the first height.
  const held: Common = common?.trusted ?? {
    height: second.header.height,
    time: second.header.time,
    validators: second.validators,
  };
  const evidence = attackEvidence(held, first, second);
  if (isRejection(evidence)) return `${judge.name}: nothing against ${accused} (${rejectionText(evidence)})`;
  try {
    const hash = await judge.submitEvidence(evidenceCodec.encode(evidence));
    return `${judge.name}: took the evidence against the chain of ${accused}, ${upperHex(hash)}`;
  } catch (error) {
    return `${judge.name}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

const sameHeader = (a: LightBlock, b: LightBlock): boolean => isHeaderOf(headerHash(a.header), b.header);
