import { readU64be, u64be, type Bytes } from "../bytes.js";
import { isRejection, reject, type Rejection } from "../rejection.js";
import { poaErrors } from "./errors.js";
import { appendLeaves, EMPTY_FRONTIER, rootOf, type Frontier } from "./frontier.js";
import { leafHasher } from "./hash-tree.js";
import { checkSeed, SALT_BYTES, saltHasher } from "./salt.js";
import { spanKinds, type Span, type SpanKind } from "./rule/receipt.js";
import { TOKEN_HASH_BYTES } from "./token-hash.js";

/**
 * The texts of a receipt as leaves, so that they can be shown in parts: what a part holds is checked when it comes, and
 * the root when the last one has come.
 *
 *   piece = u8 kind, bit 7 set if it goes on the text before || u64 datanet, 0 for none || token hashes
 *   leaf  = H(00 || tag || salt16 || piece)
 *
 * A text is cut behind every PIECE_TOKENS tokens, and nowhere else; one without tokens has no piece. Salts are those of
 * the receipt's seed (salt.ts).
 */
export const PIECE_TOKENS = 2_048;
const HEAD_BYTES = 9;
/** Bytes of a piece at most: 16 kB. */
export const PIECE_BYTES_MAX = HEAD_BYTES + PIECE_TOKENS * TOKEN_HASH_BYTES;
const GOES_ON = 0x80;

/** Which texts a tree holds: the request's, what the provider added, the answer. */
export type TextTag = "poa2/req" | "poa2/add" | "poa2/ans";

/** The pieces of texts, in order. */
export function piecesOf(spans: readonly Span[]): Bytes[] {
  const pieces: Bytes[] = [];
  for (const { kind, datanet, tokens } of spans) {
    for (let at = 0; at < tokens.length; at += PIECE_TOKENS * TOKEN_HASH_BYTES) {
      const hashes = tokens.subarray(at, at + PIECE_TOKENS * TOKEN_HASH_BYTES);
      const piece = new Uint8Array(HEAD_BYTES + hashes.length);
      piece[0] = at === 0 ? kind : kind | GOES_ON;
      piece.set(u64be(datanet ?? 0n), 1);
      piece.set(hashes, HEAD_BYTES);
      pieces.push(piece);
    }
  }
  return pieces;
}

/**
 * The texts of pieces. Rejects with poa/wrongPiece what `piecesOf` does not make. Kinds, datanets and token classes are
 * checked by `checkReceipt`.
 */
export function spansOf(pieces: readonly Bytes[]): Span[] | Rejection {
  const texts: { kind: SpanKind; datanet: bigint | undefined; parts: Bytes[] }[] = [];
  for (const [index, piece] of pieces.entries()) {
    const wrong = (why: string): Rejection => reject(poaErrors.wrongPiece, { index, why });
    if (piece.length > PIECE_BYTES_MAX) return wrong("too long");
    if (piece.length <= HEAD_BYTES || (piece.length - HEAD_BYTES) % TOKEN_HASH_BYTES !== 0) {
      return wrong("no whole tokens");
    }
    const kind = (piece[0]! & ~GOES_ON) as SpanKind;
    const number = readU64be(piece, 1);
    const datanet = number === 0n ? undefined : number;
    const hashes = piece.subarray(HEAD_BYTES);
    const last = texts.at(-1);
    if ((piece[0]! & GOES_ON) === 0) {
      texts.push({ kind, datanet, parts: [hashes] });
      continue;
    }
    if (last?.kind !== kind || last.datanet !== datanet) return wrong("goes on another text");
    if (pieces[index - 1]!.length !== PIECE_BYTES_MAX) return wrong("the piece before it is not full");
    last.parts.push(hashes);
  }
  return texts.map(({ kind, datanet, parts }) => ({ kind, datanet, tokens: joined(parts) }));
}

function joined(parts: readonly Bytes[]): Bytes {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/**
 * The frontier of a tree after further pieces, in order. Rejects a seed that is not 32 bytes. Work: three hashes and the
 * bytes of a piece, and two hashes of nodes.
 */
export function appendPieces(
  tag: TextTag,
  seed: Bytes,
  frontier: Frontier,
  pieces: readonly Bytes[],
): Frontier | Rejection {
  const refusal = checkSeed(seed);
  if (refusal !== undefined) return refusal;
  const salt = saltHasher(seed);
  const leaves = pieces.map((piece, i) => {
    const leaf = leafHasher(tag, SALT_BYTES + piece.length);
    leaf.data.set(salt(frontier.count + i).subarray(0, SALT_BYTES));
    leaf.data.set(piece, SALT_BYTES);
    return leaf.hash();
  });
  return appendLeaves(frontier, leaves);
}

/** The root of the tree of texts. Rejects a seed that is not 32 bytes. */
export function textRoot(tag: TextTag, seed: Bytes, spans: readonly Span[]): Bytes | Rejection {
  const frontier = appendPieces(tag, seed, EMPTY_FRONTIER, piecesOf(spans));
  return isRejection(frontier) ? frontier : rootOf(tag, frontier);
}

/** An answer as the only text of its tree. */
export function answerSpan(tokens: Bytes): Span {
  return { kind: spanKinds.answered, datanet: undefined, tokens };
}
