import type { Bytes } from "../bytes.js";
import { isRejection, type Rejection } from "../rejection.js";
import { printText } from "./fingerprint.js";
import { ruledReceipt, type OpeningHead } from "./opening.js";
import type { Receipt } from "./receipt.js";
import { requestHash, type Request } from "./request.js";
import { spanKinds, type Span, type SpanKind } from "./rule/receipt.js";
import { TOKEN_HASH_BYTES } from "./token-hash.js";
import { answerSpan, piecesOf, textRoot } from "./texts.js";

/** A text of a request: the user's, an earlier answer, or a text that is marked as coming from a source. */
export interface RequestText {
  readonly kind: "own" | "answered" | "marked";
  readonly text: string;
  /** The datanet of a marked text, where the application knows it. */
  readonly datanet?: bigint | undefined;
}

/** What a consumer asks. */
export interface Question {
  readonly chainId: string;
  readonly channelId: bigint;
  readonly nonce: bigint;
  /** Height of a block that both sides know: contributions accepted before it may be paid for context. */
  readonly height: bigint;
  /** Datanets that may be paid for context, beside the version's own: ascending, at most NAMED_DATANETS_MAX. */
  readonly datanets: readonly bigint[];
  readonly texts: readonly RequestText[];
  /** 32 secret random bytes, fresh for each request; the provider needs them too. */
  readonly seed: Bytes;
}

/** A request with what an opening shows of it. */
export interface IssuedRequest {
  readonly request: Request;
  readonly seed: Bytes;
  readonly pieces: readonly Bytes[];
}

/** The provider's part of an exchange. */
export interface Reply {
  readonly versionId: bigint;
  readonly fee: bigint;
  /** Unix milliseconds. */
  readonly time: bigint;
  /** Texts that the provider put before the model after the request came. */
  readonly added: readonly string[];
  readonly answer: string;
  /** How many datanets the version's releases come from, its ancestors' among them. */
  readonly versionDatanets: number;
}

/** A receipt with everything that an opening shows, beside its path. */
export interface Issued {
  readonly receipt: Receipt;
  readonly head: Omit<OpeningHead, "path">;
  /** Of the request, of what was added, of the answer. */
  readonly pieces: readonly Bytes[];
}

/** Makes the request that the receipt holds. Rejects, in codespace poa, what does not tokenize, and a wrong seed. */
export function issueRequest(question: Question): IssuedRequest | Rejection {
  const { chainId, channelId, nonce, height: time, seed } = question;
  const spans = spansOfTexts(
    question.texts.map(({ kind, datanet, text }) => ({ kind: spanKinds[kind], datanet, text })),
  );
  if (isRejection(spans)) return spans;
  const root = textRoot("poa2/req", seed, spans);
  if (isRejection(root)) return root;
  const request = { chainId, channelId, nonce, time, datanets: [...question.datanets], textRoot: root };
  return { request, seed, pieces: piecesOf(spans) };
}

/**
 * Computes the receipt of a request and its answer. Provider and consumer each do so and compare. Rejects, in codespace
 * poa, what does not tokenize, and a receipt that could not be opened (`checkReceipt`).
 */
export function issueReceipt({ request, seed, pieces: asked }: IssuedRequest, reply: Reply): Issued | Rejection {
  const added = spansOfTexts(reply.added.map((text) => ({ kind: spanKinds.added, datanet: undefined, text })));
  if (isRejection(added)) return added;
  const answer = printText(reply.answer);
  if (isRejection(answer)) return answer;
  const answered = [answerSpan(answer.tokens)];
  const addedRoot = textRoot("poa2/add", seed, added);
  if (isRejection(addedRoot)) return addedRoot;
  const outRoot = textRoot("poa2/ans", seed, answered);
  if (isRejection(outRoot)) return outRoot;

  const { channelId, nonce } = request;
  const { versionId, fee, time } = reply;
  const tokens = answer.tokens.length / TOKEN_HASH_BYTES;
  const receipt = {
    channelId,
    nonce,
    versionId,
    fee,
    tokens,
    requestHash: requestHash(request),
    addedRoot,
    outRoot,
    time,
  };
  const [addedPieces, answerPieces] = [piecesOf(added), piecesOf(answered)];
  const pieces = [...asked, ...addedPieces, ...answerPieces];
  const counts = {
    requestPieces: asked.length,
    addedPieces: addedPieces.length,
    answerPieces: answerPieces.length,
  };
  const head = { receipt, request, seed, ...counts };
  const ruled = ruledReceipt({ ...head, path: [] }, pieces, reply.versionDatanets);
  return isRejection(ruled) ? ruled : { receipt, head, pieces };
}

interface KindText {
  readonly kind: SpanKind;
  readonly datanet: bigint | undefined;
  readonly text: string;
}

function spansOfTexts(texts: readonly KindText[]): Span[] | Rejection {
  const spans: Span[] = [];
  for (const { kind, datanet, text } of texts) {
    const print = printText(text);
    if (isRejection(print)) return print;
    spans.push({ kind, datanet, tokens: print.tokens });
  }
  return spans;
}
