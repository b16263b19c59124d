import type { Bytes } from "#proto/bytes.js";
import type { Messages } from "#proto/codec/message.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import type { GenesisContext, GenesisField, QueryContext } from "../../module.js";
import { amountProblem, each, invalidGenesis, readGenesis, values, writeGenesis } from "../../module-genesis.js";
import { NO_TOTALS, payTotals } from "./accounts.js";
import {
  accounts,
  accruing,
  addresses,
  controlled,
  controllerChanges,
  controllers,
  debts,
  entries,
  held,
  lines,
  nextQueued,
  pairs,
  pairsOf,
  params,
  queue,
  replacements,
  totals,
} from "./keys.js";
import { DEFAULT_PARAMS, paramsOf } from "./params.js";
import type { Params } from "./types.js";

const GENESIS = "tributary.payout.v1.Genesis";
type Genesis = Messages[typeof GENESIS];

/** Writes the module's part of app_state; a rejection names the field. */
export function initGenesis(context: GenesisContext, state: unknown): Rejection | undefined {
  const { view } = context;
  const genesis = readGenesis("payout", GENESIS, state);
  if (isRejection(genesis)) return genesis;
  const settings = genesis.params ?? DEFAULT_PARAMS;
  const sums = genesis.totals ?? NO_TOTALS;
  const problem = checkParams(settings) ?? amountProblem("payout", "totals", sums) ?? readPeople(context, genesis);
  if (problem !== undefined) return problem;
  params.put(view, [], settings);
  totals.put(view, [], sums);
  for (const [i, entry] of genesis.entries.entries()) {
    const { batchId, kind, subject, dueTime, amount, treasury, released, selfDealt, samplingError } = entry;
    const amounts = { amount, treasury, released, selfDealt, samplingError };
    const bad = amountProblem("payout", `entries[${i}]`, amounts);
    if (bad !== undefined) return bad;
    entries.put(view, [batchId, kind, subject], entry);
    if (!entry.matured) held.put(view, [dueTime, batchId, kind, subject], true);
  }
  for (const { time, batchId, kind, subject } of genesis.accruals) {
    accruing.put(view, [time, batchId, kind, subject], true);
  }
  for (const [i, pair] of genesis.pairs.entries()) {
    const { seniorId, contributionId, amount } = pair;
    const bad = amountProblem("payout", `pairs[${i}]`, { amount });
    if (bad !== undefined) return bad;
    pairs.put(view, [seniorId, contributionId], pair);
    pairsOf.put(view, [contributionId, seniorId], true);
  }
  return undefined;
}

function checkParams({ accrualSteps, rowsPerBlock }: Params): Rejection | undefined {
  if (accrualSteps < 1) return invalidGenesis("payout", "params.accrual_steps", "at least 1");
  return rowsPerBlock < 1 ? invalidGenesis("payout", "params.rows_per_block", "at least 1") : undefined;
}

/** Checks the addresses of all rows; rejects the first that is not an address of this chain. */
function readPeople({ view, address }: GenesisContext, genesis: Genesis): Rejection | undefined {
  let problem: Rejection | undefined;
  const person = (field: string, text: string): Bytes => {
    const bytes = address.parse(text);
    if (bytes !== undefined) return bytes;
    problem ??= invalidGenesis("payout", field, "an account address of this chain");
    return new Uint8Array(20);
  };
  for (const [i, account] of genesis.accounts.entries()) {
    const { owner, pending, matured, paid, repaid, recovered } = account;
    accounts.put(view, [person(`accounts[${i}].owner`, owner)], account);
    problem ??= amountProblem("payout", `accounts[${i}]`, { pending, matured, paid, repaid, recovered });
  }
  for (const [i, { owner, batchId, kind, subject, line }] of genesis.lines.entries()) {
    if (line === undefined) return invalidGenesis("payout", `lines[${i}].line`, "an object");
    lines.put(view, [person(`lines[${i}].owner`, owner), batchId, kind, subject], line);
    problem ??= amountProblem("payout", `lines[${i}].line`, { ...line });
  }
  for (const [i, owner] of genesis.queue.entries()) queue.put(view, [BigInt(i + 1)], person(`queue[${i}]`, owner));
  nextQueued.put(view, [], BigInt(genesis.queue.length + 1));
  for (const [i, row] of genesis.addresses.entries()) {
    addresses.put(view, [person(`addresses[${i}].owner`, row.owner)], person(`addresses[${i}].address`, row.address));
  }
  for (const [i, row] of genesis.controllers.entries()) {
    const owner = person(`controllers[${i}].owner`, row.owner);
    const controller = person(`controllers[${i}].controller`, row.controller);
    controllers.put(view, [owner], controller);
    controlled.put(view, [controller, owner], true);
  }
  for (const [i, debt] of genesis.debts.entries()) {
    const debtor = person(`debts[${i}].debtor`, debt.debtor);
    debts.put(view, [debtor, person(`debts[${i}].creditor`, debt.creditor)], debt);
    problem ??= amountProblem("payout", `debts[${i}]`, { amount: debt.amount });
  }
  for (const [i, change] of genesis.controllerChanges.entries()) {
    person(`controller_changes[${i}].controller`, change.controller);
    controllerChanges.put(view, [person(`controller_changes[${i}].owner`, change.owner), change.number], change);
  }
  for (const [i, { owner, replacement }] of genesis.replacements.entries()) {
    if (replacement === undefined) return invalidGenesis("payout", `replacements[${i}].replacement`, "an object");
    replacements.put(view, [person(`replacements[${i}].owner`, owner)], replacement);
  }
  return problem;
}

/** The queue is numbered anew: its order is what counts. */
export function exportGenesis({ view, address }: QueryContext): Iterable<GenesisField> {
  const text = (bytes: Bytes): string => address.format(bytes);
  return writeGenesis(GENESIS, {
    params: paramsOf(view),
    entries: values(entries.range(view)),
    lines: each(lines.range(view), ([[owner, batchId, kind, subject], line]) => ({
      owner: text(owner),
      batchId,
      kind,
      subject,
      line,
    })),
    accounts: values(accounts.range(view)),
    accruals: each(accruing.range(view), ([[time, batchId, kind, subject]]) => ({ time, batchId, kind, subject })),
    queue: each(queue.range(view), ([, owner]) => text(owner)),
    addresses: each(addresses.range(view), ([[owner], to]) => ({ owner: text(owner), address: text(to) })),
    controllers: each(controllers.range(view), ([[owner], controller]) => ({
      owner: text(owner),
      controller: text(controller),
    })),
    replacements: each(replacements.range(view), ([[owner], replacement]) => ({ owner: text(owner), replacement })),
    totals: payTotals(view),
    pairs: values(pairs.range(view)),
    controllerChanges: values(controllerChanges.range(view)),
    debts: values(debts.range(view)),
  });
}
