// The explorer on the chain that the story leaves behind: every page, the search, figures, recomputing, lies.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { go, openBrowser, problems, THEMES, WIDTHS } from "./browser.mjs";
import { hostileDatanet, LIES, lyingNode } from "./lying-node.mjs";

const rpc = async (url, method, params = {}) => {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const answer = await (
    await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body })
  ).json();
  if (answer.error !== undefined) throw new Error(JSON.stringify(answer.error));
  return answer.result;
};

/** What the chain has, read by REST and RPC: the addresses of pages, and what they must show. */
async function inventory(node, rest) {
  const get = async (path) => (await fetch(`${rest}${path}`)).json();
  const { contributions } = await get("/tributary/datanet/v1/contributions?datanet_id=1");
  const owner = contributions[0].owner;
  const [totals, statement, set, status, batch, found, block] = await Promise.all([
    get("/tributary/usage/v1/totals"),
    get(`/tributary/payout/v1/statement?owner=${owner}`),
    get("/cosmos/staking/v1beta1/validators"),
    rpc(node, "status"),
    get("/tributary/attribution/v1/batch?batch_id=1"),
    rpc(node, "tx_search", { query: "tx.height>1", order_by: "desc", per_page: "1" }),
    rpc(node, "block", { height: "10" }),
  ]);
  return {
    totals,
    statement,
    owner,
    contributions,
    batch: batch.batch,
    provider: batch.batch.provider,
    operator: set.validators[0].operator_address,
    moniker: set.validators[0].description.moniker,
    height: BigInt(status.sync_info.latest_block_height),
    tx: found.txs[0].hash,
    blockHash: block.block_id.hash,
  };
}

const trib = (amount, scale = 6) => {
  const digits = String(amount).padStart(scale + 1, "0");
  const whole = digits.slice(0, -scale).replace(/\B(?=(\d{3})+$)/g, ",");
  const fraction = digits.slice(-scale).slice(0, 6).replace(/0+$/, "");
  return `${fraction === "" ? whole : `${whole}.${fraction}`} TRIB`;
};

/**
 * @param at { rpc, rest, home } of the first validator
 * @param explorer starts `tribd explorer --node <url>`, and gives its address
 * @param check gets a name and a function that throws what is wrong
 */
export async function exploreStory({ rpc: node, rest, home }, explorer, check) {
  const has = await inventory(node, rest);
  const liar = await lyingNode(node);
  const { browser, page, errors, hosts } = await openBrowser();
  try {
    const base = await explorer(liar.url);
    const answer = readdirSync(home).find((name) => /^answer-\d+-\d+-\d+\.txt$/.test(name));
    const [batch, voucher, index] = /(\d+)-(\d+)-(\d+)/.exec(answer).slice(1);
    const receipt = `receipt/${batch}/${voucher}/${index}`;
    const places = [
      ...[
        "",
        "contributors",
        `contributor/${has.owner}`,
        "contribution/5",
        "datanets",
        "datanet/1",
        "models",
        "model/1",
      ],
      ...["version/1", "batches", "batch/1", "credit/1/1", receipt, "blocks", "block/10", "transactions"],
      ...[`transaction/${has.tx}`, `account/${has.owner}`, `provider/${has.provider}`, "validators"],
      ...[`validator/${has.operator}`, "parameters", "search/1", "search/nothing-is-called-so", "batch/999", "nowhere"],
    ];
    for (const place of places) {
      await check(`page #/${place}`, async () => {
        errors.length = 0;
        await go(page, base, place);
        const found = [];
        for (const width of WIDTHS) for (const theme of THEMES) found.push(...(await problems(page, width, theme)));
        found.push(...errors);
        if (found.length > 0) throw new Error(found.join("\n"));
      });
    }
    await page.setViewportSize({ width: WIDTHS[0], height: 900 });
    await figures(page, base, has, check);
    await search(page, base, has, check);
    await recomputing(page, base, { receipt, answer: join(home, answer), has, liar, errors }, check);
    await check("no other host is asked", () => {
      const others = [...hosts].filter((host) => host !== base);
      if (others.length > 0) throw new Error(others.join(", "));
    });
  } finally {
    await browser.close();
    liar.close();
  }
}

const mustShow = (text, ...parts) => {
  for (const part of parts) {
    if (!text.includes(part)) throw new Error(`does not show "${part}"\n${text.slice(0, 1500)}`);
  }
};

async function figures(page, base, has, check) {
  const text = async (place) => {
    await go(page, base, place);
    return (await page.locator("main").innerText()).replace(/\s+/g, " ");
  };
  await check("home shows where each unit is", async () => {
    const { fees, burned, validators, paid, residual } = has.totals;
    mustShow(
      await text(""),
      ...[fees, burned, validators, paid, residual].map((amount) => trib(amount)),
      "to the last unit",
    );
  });
  await check("a contributor sees what was earned and paid", async () => {
    const { account, lines } = has.statement;
    const shown = await text(`contributor/${has.owner}`);
    mustShow(shown, trib(account.paid, 15), trib(lines[0].earned, 15), "paid");
  });
  await check("a batch shows its fees and credits", async () => {
    mustShow(
      await text("batch/1"),
      trib(has.batch.fees),
      trib(has.batch.settlement.credited, 15),
      "nobody contributed it",
    );
  });
  await check("a rejected contribution has its reason", async () => {
    mustShow(await text("datanet/1"), "rejected: near duplicate");
  });
  await check("a statement is saved as CSV", async () => {
    await go(page, base, `contributor/${has.owner}`);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: /^CSV/ }).click(),
    ]);
    const lines = readFileSync(await download.path(), "utf8")
      .trimEnd()
      .split("\r\n");
    if (lines.length !== has.statement.lines.length + 1) throw new Error(lines.join("\n"));
  });
}

async function search(page, base, has, check) {
  const finds = [
    ["10", "Franklin D Roosevelt, 1941"],
    ["batch 1", "#/batch/1"],
    ["contribution 5", "#/contribution/5"],
    ["height 10", "#/block/10"],
    [has.tx, `#/transaction/${has.tx}`],
    [has.blockHash.toLowerCase(), `#/block/${has.blockHash}`],
    [has.owner, "Earnings and contributions"],
    [has.operator, `#/validator/${has.operator}`],
    ["union-addresses", "#/datanet/union-addresses"],
    ["union-ngram", "#/model/union-ngram"],
    ["receipt 1 1 1", "#/receipt/1/1/1"],
    ["no such thing", "Nothing on this chain"],
  ];
  for (const [typed, found] of finds) {
    await check(`search for ${typed}`, async () => {
      await go(page, base, "");
      await page.keyboard.press("/");
      await page.keyboard.type(typed);
      await page.keyboard.press("Enter");
      if (found.startsWith("#")) await page.waitForURL((url) => url.hash === found);
      else await page.locator("main", { hasText: found }).waitFor();
    });
  }
}

async function recomputing(page, base, { receipt, answer, has, liar, errors }, check) {
  const outcome = async (place) => {
    await go(page, base, place);
    await page.getByRole("button", { name: "Recompute in this browser" }).click();
    const shown = page.locator(".verdict, .recompute .failure").first();
    await shown.waitFor({ timeout: 60_000 });
    return shown.innerText();
  };
  await check("a batch is recomputed in the page", async () => mustShow(await outcome("batch/1"), "to the last unit"));
  await check("a payout is recomputed down to its answers", async () => {
    mustShow(await outcome(`credit/1/${has.contributions[0].id}`), "add up to, to the last unit");
  });
  await check("an answer's words are coloured by whose text they are", async () => {
    mustShow(await outcome(receipt), "from proven bytes");
    await page
      .locator("input[type=file]")
      .setInputFiles({ name: "other.txt", mimeType: "text/plain", buffer: Buffer.from("the of and") });
    await page.locator(".drop", { hasText: "1 text read here" }).waitFor();
    mustShow(await page.locator(".answer").innerText(), "····", "the");
    await page.locator("input[type=file]").setInputFiles(answer);
    await page.locator(".drop", { hasText: "2 texts read here" }).waitFor();
    if ((await page.locator(".answer").innerText()).includes("····")) {
      throw new Error("words of the answer itself are unknown");
    }
    if ((await page.locator(".answer mark.own0").count()) === 0) throw new Error("no word is coloured");
    const found = [];
    for (const width of WIDTHS) for (const theme of THEMES) found.push(...(await problems(page, width, theme)));
    if (found.length > 0) throw new Error(found.join("\n"));
    await page.setViewportSize({ width: WIDTHS[0], height: 900 });
  });
  await check("a megabyte of markup and controls is text", async () => {
    liar.flip = await hostileDatanet();
    try {
      errors.length = 0;
      await go(page, base, "datanet/1");
      const text = await page.locator("main").innerText();
      mustShow(text, "<img src=x onerror=alert(1)><script>", "\ufffd");
      if (/[\u202e\u0080-\u009f]/.test(text) || text.length > 20_000) {
        throw new Error(`${text.length} characters, or controls`);
      }
      if ((await page.locator("main img, main script, a[href^=javascript]").count()) > 0) {
        throw new Error("a name became markup");
      }
      const found = [...(await problems(page, WIDTHS[1], THEMES[0])), ...errors];
      if (found.length > 0) throw new Error(found.join("\n"));
    } finally {
      liar.flip = undefined;
      await page.setViewportSize({ width: WIDTHS[0], height: 900 });
    }
  });
  for (const [name, flip] of Object.entries(LIES)) {
    await check(`${name} with a flipped byte is refused`, async () => {
      liar.flip = flip;
      liar.flipped = 0;
      try {
        const text = await outcome("batch/1");
        if (liar.flipped === 0) throw new Error("nothing was flipped");
        if (/to the last unit/.test(text) || !/Refused|does not agree/.test(text)) throw new Error(`believed: ${text}`);
      } finally {
        liar.flip = undefined;
      }
    });
  }
}
