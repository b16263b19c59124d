import { paidOf } from "#proto/attribution/pay.js";
import { message, type Messages } from "#proto/codec/message.js";
import type { Bytes } from "#proto/bytes.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import { ownQuery, type QueryContext, type QueryHandler } from "../../module.js";
import { paginate } from "../../pagination.js";
import { invalidArgument } from "../../query.js";
import { u64Key, u8Key } from "../../store/key-codec.js";
import { storedAmount } from "../../stored-amount.js";
import { messageValue } from "../../store/value-codec.js";
import { contributionOf } from "../datanet/index.js";
import { accountOf, ownersPart, payTotals } from "./accounts.js";
import { controlledBy, controllerOf, payTo } from "./controllers.js";
import { accounts, debts, entries, lines, pairs, pairsOf, replacements } from "./keys.js";
import { paramsOf } from "./params.js";
import { accrues, kinds, type Account, type Entry, type Line } from "./types.js";

const lineValue = messageValue(message("tributary.payout.v1.Line"));
const entryValue = messageValue(message("tributary.payout.v1.Entry"));
const accountValue = messageValue(message("tributary.payout.v1.Account"));

const stages = { pending: 1, matured: 2, paid: 3, accruing: 4 } as const;

type StatementRequest = Messages["tributary.payout.v1.QueryStatementRequest"];
type StatementResponse = Messages["tributary.payout.v1.QueryStatementResponse"];
type StatementLine = Messages["tributary.payout.v1.StatementLine"];

/** Accepted, used, paid: what each batch brought an owner, by contribution, with where it stands. */
function statement(context: QueryContext, asked: StatementRequest): StatementResponse | Rejection {
  const { view, address } = context;
  const owner = address.parse(asked.owner);
  if (owner === undefined) return badAddress("owner", asked.owner);
  const account = accountOf(view, owner, asked.owner);
  const prefix = lines.key([owner]);
  const page = paginate(view, prefix, asked.pagination);
  if (isRejection(page)) return page;
  return {
    account,
    controller: address.format(controllerOf(view, owner)),
    payTo: address.format(payTo(view, owner)),
    replaced: controlledBy(view, owner).map((each) => address.format(each)),
    lines: page.entries.map(([key, value]) =>
      statementLine(context, account, entryAt(view, key, prefix.length), lineValue.decode(value)),
    ),
    pagination: page.pagination,
    debts: [...debts.range(view, { prefix: [owner] })].map(([, debt]) => debt),
  };
}

/** The entry that the end of a line's key names. */
function entryAt(view: QueryContext["view"], key: Bytes, at: number): Entry {
  const batch = u64Key.decode(key, at);
  const kind = u8Key.decode(key, batch.next);
  const subject = u64Key.decode(key, kind.next);
  return entries.get(view, [batch.value, kind.value, subject.value])!;
}

function statementLine({ view }: QueryContext, account: Account, entry: Entry, line: Line): StatementLine {
  const contribution = entry.kind === kinds.contribution ? contributionOf(view, entry.subject) : undefined;
  const earned = accrues(entry) ? line.earned : ownersPart(entry).toString();
  const paid = paidOf(line, account);
  return {
    entry,
    stage: stageOf(entry, line, paid),
    earned,
    paid: paid.toString(),
    contributionStatus: contribution?.status ?? 0,
    contributionReason: contribution?.reason ?? 0,
  };
}

function stageOf(entry: Entry, { earned }: Line, paid: bigint): number {
  if (!entry.matured) return stages.pending;
  if (accrues(entry) && storedAmount(entry.released) < storedAmount(entry.amount)) return stages.accruing;
  return paid === storedAmount(earned) ? stages.paid : stages.matured;
}

type PairsRequest = Messages["tributary.payout.v1.QueryPairsRequest"];
type PairsResponse = Messages["tributary.payout.v1.QueryPairsResponse"];

/** Credit that waits: what a contribution is paid and others contest, or what it contests of others. */
function pairList({ view }: QueryContext, asked: PairsRequest): PairsResponse | Rejection {
  const { contributionId, asSenior, pagination } = asked;
  const table = asSenior ? pairs : pairsOf;
  const page = paginate(view, table.key([contributionId]), pagination);
  if (isRejection(page)) return page;
  const found = page.entries.map(([key]) => {
    const other = u64Key.decode(key, key.length - 8).value;
    return pairs.get(view, asSenior ? [contributionId, other] : [other, contributionId])!;
  });
  return { pairs: found, pagination: page.pagination };
}

function badAddress(field: string, text: string): Rejection {
  return invalidArgument(`${field} ${text} is not an account address of this chain`);
}

/** Queries of the module. */
export const queries: Readonly<Record<string, QueryHandler>> = {
  ...ownQuery(
    "/tributary.payout.v1.Query/Params",
    "tributary.payout.v1.QueryParamsRequest",
    "tributary.payout.v1.QueryParamsResponse",
    ({ view }) => ({ params: paramsOf(view) }),
  ),
  ...ownQuery(
    "/tributary.payout.v1.Query/Statement",
    "tributary.payout.v1.QueryStatementRequest",
    "tributary.payout.v1.QueryStatementResponse",
    statement,
  ),
  ...ownQuery(
    "/tributary.payout.v1.Query/Entries",
    "tributary.payout.v1.QueryEntriesRequest",
    "tributary.payout.v1.QueryEntriesResponse",
    ({ view }, { batchId, pagination }) => {
      const page = paginate(view, entries.key([batchId]), pagination);
      if (isRejection(page)) return page;
      return { entries: page.entries.map(([, value]) => entryValue.decode(value)), pagination: page.pagination };
    },
  ),
  ...ownQuery(
    "/tributary.payout.v1.Query/Accounts",
    "tributary.payout.v1.QueryAccountsRequest",
    "tributary.payout.v1.QueryAccountsResponse",
    ({ view }, { pagination }) => {
      const page = paginate(view, accounts.prefix, pagination);
      if (isRejection(page)) return page;
      return { accounts: page.entries.map(([, value]) => accountValue.decode(value)), pagination: page.pagination };
    },
  ),
  ...ownQuery(
    "/tributary.payout.v1.Query/Pairs",
    "tributary.payout.v1.QueryPairsRequest",
    "tributary.payout.v1.QueryPairsResponse",
    pairList,
  ),
  ...ownQuery(
    "/tributary.payout.v1.Query/KeyChange",
    "tributary.payout.v1.QueryKeyChangeRequest",
    "tributary.payout.v1.QueryKeyChangeResponse",
    ({ view, address }, { owner: text }) => {
      const owner = address.parse(text);
      if (owner === undefined) return badAddress("owner", text);
      return { controller: address.format(controllerOf(view, owner)), proposed: replacements.get(view, [owner]) };
    },
  ),
  ...ownQuery(
    "/tributary.payout.v1.Query/Totals",
    "tributary.payout.v1.QueryTotalsRequest",
    "tributary.payout.v1.QueryTotalsResponse",
    ({ view }) => ({ totals: payTotals(view) }),
  ),
};
