import { useState } from "preact/hooks";
import { firstOther, stretchesOf } from "#proto/attribution/explain.js";
import { tokenRanges } from "#proto/attribution/ranges.js";
import { tokenHashes } from "#proto/attribution/token-hash.js";
import { tokenize } from "#proto/attribution/tokens.js";
import type { ReceiptExplanation } from "#proto/client/verify/index.js";
import { answerPieces, type AnswerPiece } from "#proto/client/words/answer.js";
import { wordAt, withText, type KnownWords } from "#proto/client/words/known.js";
import { reasonText } from "#proto/client/words/reasons.js";
import { utf8Text } from "#proto/bytes.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import { blockOf, counted, lineOf } from "../../present/text.js";
import { Id, To } from "../parts/basic.js";

/** Texts that are held here: enough for a folder of contributions. */
const FILE_BYTES_MAX = 4 * 1024 * 1024;
const FILES_MAX = 200;

interface Texts {
  readonly known: KnownWords;
  /** The answer itself, if one of the texts is it. */
  readonly answer: string | undefined;
  readonly files: number;
  readonly problems: readonly string[];
}

const NONE: Texts = { known: new Map(), answer: undefined, files: 0, problems: [] };

/** An opened answer, its words coloured by the owner who is paid. The words come from texts that stay in this page. */
export function AnswerWords({ explained }: { readonly explained: ReceiptExplanation }) {
  const [texts, setTexts] = useState(NONE);
  const [isOver, setOver] = useState(false);
  const add = async (files: FileList | null | undefined): Promise<void> => {
    if (files === null || files === undefined) return;
    let next = { ...texts, problems: [] as readonly string[] };
    for (const file of [...files].slice(0, FILES_MAX)) next = await withFile(next, file, explained);
    setTexts(next);
  };
  const places = placesOf(explained);
  return (
    <>
      <div
        class={isOver ? "drop over" : "drop"}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          void add(event.dataTransfer?.files);
        }}
      >
        <p>
          The chain holds hashes of an answer’s words. Drop your own texts here, or the answer itself: they are hashed
          in this page, and nothing is sent.
        </p>
        <label class="button">
          Choose texts
          <input
            class="hidden"
            type="file"
            multiple
            onChange={(event) => {
              void add(event.currentTarget.files);
            }}
          />
        </label>
        {texts.files > 0 && <p role="status">{counted(texts.files, "text")} read here.</p>}
        {texts.problems.map((problem) => (
          <p key={problem} class="bad" role="alert">
            {problem}
          </p>
        ))}
      </div>
      <p class="answer" lang="">
        {texts.answer === undefined ? (
          <Known explained={explained} known={texts.known} places={places} />
        ) : (
          <Whole explained={explained} answer={texts.answer} places={places} />
        )}
      </p>
    </>
  );
}

async function withFile(texts: Texts, file: File, { receipt, ruled }: ReceiptOf): Promise<Texts> {
  const refused = (why: string): Texts => ({
    ...texts,
    problems: [...texts.problems, `${lineOf(file.name, 80)}: ${why}`],
  });
  if (file.size > FILE_BYTES_MAX) return refused(`more than ${FILE_BYTES_MAX / 1024 / 1024} MB`);
  const text = utf8Text(new Uint8Array(await file.arrayBuffer()));
  if (text === undefined) return refused("it is not UTF-8 text");
  const known = withText(texts.known, text);
  const tokens = tokenize(text);
  if (isRejection(known) || isRejection(tokens)) {
    return refused(rejectionText(isRejection(known) ? known : (tokens as never)));
  }
  const isAnswer = tokens.count === receipt.tokens && firstOther(tokenHashes(tokens), ruled.answer) === undefined;
  return { ...texts, known, files: texts.files + 1, answer: isAnswer ? text : texts.answer };
}
type ReceiptOf = Pick<ReceiptExplanation, "receipt" | "ruled">;

/** A paid contribution: its number in the legend, and the colour of its owner. */
type Places = ReadonlyMap<bigint, { readonly number: number; readonly colour: number }>;

function placesOf({ pay, contributions }: ReceiptExplanation): Places {
  const owners: string[] = [];
  return new Map(
    pay.credits.map(({ committer: { contribution } }, at) => {
      const owner = contributions.get(contribution)?.owner ?? "";
      if (!owners.includes(owner)) owners.push(owner);
      return [contribution, { number: at + 1, colour: owners.indexOf(owner) % COLOURS }];
    }),
  );
}

/** The answer as it was written. */
function Whole({
  explained,
  answer,
  places,
}: {
  readonly explained: ReceiptExplanation;
  readonly answer: string;
  readonly places: Places;
}) {
  const ranges = tokenRanges(answer);
  if (isRejection(ranges)) return <>{rejectionText(ranges)}</>;
  return (
    <>
      {answerPieces(answer, explained.tokens, ranges).map((piece, at) => (
        <Piece key={at} piece={piece} places={places} explained={explained} />
      ))}
    </>
  );
}

/** The words that the texts here have; the others as dots. */
function Known({
  explained,
  known,
  places,
}: {
  readonly explained: ReceiptExplanation;
  readonly known: KnownWords;
  readonly places: Places;
}) {
  const plain = explained.tokens.map((token) => ({ ...token, byRun: false, unlicensed: undefined }));
  return (
    <>
      {stretchesOf(plain).map(({ from, to, payee, reason, contester }) => {
        const words = Array.from(
          { length: to - from },
          (_, i) => wordAt(known, explained.ruled.answer, from + i) ?? "····",
        );
        const piece = { text: words.join(" "), pay: { payee, reason, contester } };
        return (
          <>
            <Piece key={from} piece={piece} places={places} explained={explained} />{" "}
          </>
        );
      })}
    </>
  );
}

function Piece({
  piece: { text, pay },
  places,
  explained,
}: {
  readonly piece: AnswerPiece;
  readonly places: Places;
  readonly explained: ReceiptExplanation;
}) {
  if (pay === undefined) return <>{blockOf(text)}</>;
  const title = (id: bigint): string => lineOf(explained.contributions.get(id)?.title ?? `contribution ${id}`, 60);
  const { payee, reason, contester } = pay;
  if (payee === undefined) {
    return (
      <mark class="unpaid" title={`unpaid: ${reasonText(reason)}`}>
        {blockOf(text)}
      </mark>
    );
  }
  const { number, colour } = places.get(payee) ?? { number: 0, colour: 0 };
  const contested = contester === undefined ? "" : `, contested by ${title(contester)}`;
  return (
    <mark class={`own${colour}${contester === undefined ? "" : " contested"}`} title={`${title(payee)}${contested}`}>
      {blockOf(text)}
      <sup>{number}</sup>
    </mark>
  );
}

/** Colours of owners; the number beside the words says which one beyond them. */
const COLOURS = 6;

export function Legend({ explained }: { readonly explained: ReceiptExplanation }) {
  const places = placesOf(explained);
  return (
    <ul class="legend">
      {[...places].map(([id, { number, colour }]) => (
        <li key={String(id)}>
          <mark class={`own${colour}`}>
            <sup>{number}</sup>
          </mark>{" "}
          <To page="contribution" id={id}>
            <bdi>{lineOf(explained.contributions.get(id)?.title ?? "", 80)}</bdi>
          </To>{" "}
          of <Id id={explained.contributions.get(id)?.owner ?? ""} page="contributor" what="the owner's address" />
        </li>
      ))}
      {explained.pay.residual.length > 0 && (
        <li>
          <mark class="unpaid">words</mark> are paid to nobody, for the reasons below
        </li>
      )}
    </ul>
  );
}
