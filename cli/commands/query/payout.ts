import { field } from "../../message/fields.js";
import { statementText } from "../../statement/text.js";
import { columns, queryCommand } from "../../message/query-command.js";

const path = (name: string): string => `/tributary.payout.v1.Query/${name}`;
const owner = field.address("Whose.");

type Row = Readonly<Record<string, unknown>>;
const entry =
  (name: string) =>
  (row: Row): string =>
    String((row["entry"] as Row | null)?.[name] ?? "");

export default [
  queryCommand({
    path: "query payout statement",
    query: path("Statement"),
    request: "tributary.payout.v1.QueryStatementRequest",
    response: "tributary.payout.v1.QueryStatementResponse",
    summary:
      "Show what an owner has earned, for what and when, how sure that is, how much is paid, when the rest comes, and what is contested.",
    args: { owner },
    list: {
      field: "lines",
      id: "entry",
      columns: [
        { title: "BATCH", cell: entry("batch_id"), right: true },
        { title: "FOR", cell: entry("kind") },
        { title: "OF", cell: entry("subject"), right: true },
        { title: "VERSION", cell: entry("version_id"), right: true },
        { title: "TOKENS", cell: entry("tokens"), right: true },
        { title: "RECEIPTS", cell: entry("receipts"), right: true },
        ...columns(["EARNED", "earned", "right"]),
        { title: "ERROR", cell: entry("sampling_error"), right: true },
        { title: "SELF-PAID", cell: entry("self_dealt"), right: true },
        ...columns(["PAID", "paid", "right"], ["STAGE", "stage"], ["CONTRIBUTION", "contribution_status"]),
      ],
    },
    people: statementText,
    example: [
      "query payout statement alice",
      "query payout statement alice --csv > alice.csv",
      "query payout statement alice -o json | jq .account",
    ],
  }),
  queryCommand({
    path: "query payout entries",
    query: path("Entries"),
    request: "tributary.payout.v1.QueryEntriesRequest",
    response: "tributary.payout.v1.QueryEntriesResponse",
    summary: "List the entries of a batch: owner, amount and reason.",
    args: { batchId: field.id("The batch.") },
    list: {
      field: "entries",
      id: "subject",
      columns: columns(
        ["FOR", "kind"],
        ["OF", "subject", "right"],
        ["OWNER", "owner"],
        ["AMOUNT", "amount", "right"],
        ["TREASURY", "treasury", "right"],
        ["MATURED", "matured"],
      ),
    },
    example: ["query payout entries 2"],
  }),
  queryCommand({
    path: "query payout accounts",
    query: path("Accounts"),
    request: "tributary.payout.v1.QueryAccountsRequest",
    response: "tributary.payout.v1.QueryAccountsResponse",
    summary: "List all owners with earnings: pending, matured and paid.",
    list: {
      field: "accounts",
      id: "owner",
      columns: columns(
        ["OWNER", "owner"],
        ["PENDING", "pending", "right"],
        ["MATURED", "matured", "right"],
        ["PAID", "paid", "right"],
      ),
    },
    example: ["query payout accounts"],
  }),
  queryCommand({
    path: "query payout pairs",
    query: path("Pairs"),
    request: "tributary.payout.v1.QueryPairsRequest",
    response: "tributary.payout.v1.QueryPairsResponse",
    summary: "List the credit of a contribution that waits because others contest it, or that it contests of others.",
    args: { contributionId: field.id("The contribution that is paid.") },
    flags: { asSenior: field.flag("It is the one that contests.") },
    list: {
      field: "pairs",
      id: "contribution_id",
      columns: columns(
        ["CONTRIBUTION", "contribution_id", "right"],
        ["CONTESTED BY", "senior_id", "right"],
        ["AMOUNT", "amount", "right"],
        ["BATCHES", "batches", "right"],
      ),
    },
    example: ["query payout pairs 5", "query payout pairs 2 --as-senior"],
  }),
  queryCommand({
    path: "query payout key-change",
    query: path("KeyChange"),
    request: "tributary.payout.v1.QueryKeyChangeRequest",
    response: "tributary.payout.v1.QueryKeyChangeResponse",
    summary: "Show which key an owner's claims follow, and an announced change of it.",
    args: { owner },
    example: ["query payout key-change alice"],
  }),
  queryCommand({
    path: "query payout totals",
    query: path("Totals"),
    request: "tributary.payout.v1.QueryTotalsRequest",
    response: "tributary.payout.v1.QueryTotalsResponse",
    summary: "Show the sums of all payouts: booked, pending, accruing, owed, paid, contested.",
    example: ["query payout totals"],
  }),
  queryCommand({
    path: "query payout params",
    query: path("Params"),
    request: "tributary.payout.v1.QueryParamsRequest",
    response: "tributary.payout.v1.QueryParamsResponse",
    summary: "Show the module's parameters.",
    example: ["query payout params"],
  }),
];
