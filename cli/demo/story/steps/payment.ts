import { QueryBalanceRequest, QueryBalanceResponse } from "cosmjs-types/cosmos/bank/v1beta1/query";
import { BILLIONTHS, parseAmount } from "#proto/amount.js";
import { present } from "#proto/assert.js";
import type { Messages } from "#proto/codec/message.js";
import { allPages } from "#proto/client/index.js";
import { queryBytes } from "../../../client.js";
import { formatCoin } from "../../../coins.js";
import { CliFault } from "../../../fault.js";
import { roles } from "../cast.js";
import { until, type Story } from "../story.js";

export type Account = Messages["tributary.payout.v1.Account"];
const SECONDS = 90;

/** Balance of each contributor, in base units. */
export async function balancesOf({ cast, node, world }: Story): Promise<ReadonlyMap<string, bigint>> {
  const balances = new Map<string, bigint>();
  for (const name of roles.contributors) {
    const request = QueryBalanceRequest.encode({ address: cast(name).address, denom: world.terms.denom }).finish();
    const answer = await queryBytes(node, "/cosmos.bank.v1beta1.Query/Balance", request);
    balances.set(name, decimal(QueryBalanceResponse.decode(answer).balance?.amount ?? "0"));
  }
  return balances;
}

/** Waits until nothing is held back and nothing accrues. No claim is needed; contested credit waits longer. */
export async function awaitPayment(story: Story): Promise<readonly Account[]> {
  const { node, talk } = story;
  talk.chapter("Payment");
  const { params } = await node.query("tributary.payout.v1.Query/Params");
  talk.say(
    `held back for ${params!.holdBackMs / 1000n} s, then pushed; the owner's part accrues over ${params!.accrualMs / 1000n} s more`,
  );
  await until(story, "the end of hold-back and accrual", SECONDS, async () => {
    const { totals } = await node.query("tributary.payout.v1.Query/Totals");
    const waiting = decimal(totals!.pending) + decimal(totals!.accruing);
    const accounts = await fetchAccounts(story);
    return waiting === 0n && accounts.every(({ queued }) => !queued) ? true : undefined;
  });
  return await fetchAccounts(story);
}

async function fetchAccounts({ node }: Story): Promise<Account[]> {
  return await allPages(
    (pagination) => node.query("tributary.payout.v1.Query/Accounts", { pagination }),
    ({ accounts }) => accounts,
  );
}

/** @throws CliFault(story) when an account does not hold what the chain says it was paid */
export async function checkPaid(
  story: Story,
  before: ReadonlyMap<string, bigint>,
  accounts: readonly Account[],
): Promise<void> {
  const { cast, talk, world } = story;
  const after = await balancesOf(story);
  for (const name of roles.contributors) {
    const account = accounts.find(({ owner }) => owner === cast(name).address);
    const paid = decimal(account?.paid ?? "0") / BILLIONTHS;
    const grown = after.get(name)! - before.get(name)!;
    if (grown !== paid) {
      throw new CliFault("story", `${name}'s balance grew by ${grown}, the chain says it paid ${paid}`);
    }
    const amount = formatCoin({ denom: world.terms.denom, amount: paid }, world.terms);
    talk.say(`${name}'s balance grew by ${amount}, without a claim`);
  }
}

export function decimal(text: string): bigint {
  return present(parseAmount(text), "the node sends amounts as decimal strings");
}
