import type { ClientTx } from "#proto/client/index.js";
import { grouped } from "../../present/amount.js";
import { lineOf } from "../../present/text.js";
import { viewOf, type TxView } from "../tx-view.js";
import { Badge, CoinAmount, Id, To } from "./basic.js";
import { Table, type Column } from "./table.js";
import type { Phrase } from "../../present/messages.js";

interface Row {
  readonly tx: ClientTx;
  readonly view: TxView;
}

export function TxTable({ rows, isShort = false }: { readonly rows: readonly ClientTx[]; readonly isShort?: boolean }) {
  const columns: readonly Column<Row>[] = [
    { title: "What", main: true, cell: ({ view }) => <TxTitle view={view} /> },
    { title: "Hash", cell: ({ view }) => <Id id={view.hash} page="transaction" what="the transaction's hash" /> },
    {
      title: "Block",
      right: true,
      cell: ({ tx }) => (
        <To page="block" id={tx.height}>
          {grouped(tx.height.toString())}
        </To>
      ),
    },
    ...(isShort
      ? []
      : [
          {
            title: "By",
            cell: ({ view }: Row) => <Id id={view.payer ?? ""} page="account" what="the payer's address" />,
          },
        ]),
    { title: "Result", cell: ({ tx }) => <TxResult tx={tx} /> },
  ];
  return (
    <Table
      caption="Transactions"
      rows={rows.map((tx) => ({ tx, view: viewOf(tx) }))}
      columns={columns}
      keyOf={({ view }) => view.hash}
    />
  );
}

export function TxTitle({ view }: { readonly view: TxView }) {
  const [first, ...others] = view.messages;
  if (first === undefined) return <span class="quiet">undecoded</span>;
  return (
    <span>
      {first.title}
      {others.length > 0 && <span class="quiet"> and {others.length} more</span>}
    </span>
  );
}

export function TxResult({ tx: { result } }: { readonly tx: ClientTx }) {
  return result.code === 0 ? (
    <Badge tone="good">ok</Badge>
  ) : (
    <Badge tone="bad">failed: {lineOf(result.log, 48) || `${lineOf(result.codespace, 24)} ${result.code}`}</Badge>
  );
}

/** A message as a sentence, with links and amounts. */
export function Sentence({ phrases }: { readonly phrases: readonly Phrase[] }) {
  return (
    <p class="sentence">
      {phrases.map((phrase, at) => (
        <PhraseView key={at} phrase={phrase} />
      ))}
      .
    </p>
  );
}

function PhraseView({ phrase }: { readonly phrase: Phrase }) {
  if (typeof phrase === "string") return <bdi>{phrase}</bdi>;
  if ("amount" in phrase) return <CoinAmount {...phrase} />;
  const isNumber = /^\d+$/.test(phrase.id);
  return isNumber ? (
    <To page={phrase.page} id={phrase.id} />
  ) : (
    <Id id={phrase.id} page={phrase.page} what="the address" />
  );
}
