// The explorer of a node itself, on a chain that has nothing yet: empty pages, hostile names, a node that goes and comes back.
import { go, openBrowser, problems, THEMES, WIDTHS } from "./browser.mjs";

const HOSTILE = `<img src=x onerror=alert(1)>"&lt;b`;

/**
 * @param chain { start() gives the REST address, stop(), run(line) } of `tribd dev`
 * @param check gets a name and a function that throws what is wrong
 */
export async function exploreFresh(chain, check) {
  const { browser, page, errors } = await openBrowser();
  try {
    let base = await chain.start();
    for (const [place, command] of [
      ["", "tribd demo"],
      ["datanets", "tribd tx datanet create"],
      ["models", "tribd tx model register"],
      ["batches", "tribd tx usage open"],
      ["contributors", "tribd datanet contribute"],
    ]) {
      await check(`empty page #/${place} shows the command that makes its first object`, async () => {
        errors.length = 0;
        await go(page, base, place);
        await page.locator("main .command", { hasText: command }).first().waitFor();
        const found = [...(await problems(page, WIDTHS[1], THEMES[0])), ...errors];
        if (found.length > 0) throw new Error(found.join("\n"));
      });
    }
    await check("a hostile title and memo are text", async () => {
      const files = "--card-hash @CARD.md --terms-hash @TERMS.md --admission curated --curators bob";
      await chain.run(
        `tribd tx datanet create hostile --title '${HOSTILE}' --note '${HOSTILE}' ${files} --from bob --yes`,
      );
      errors.length = 0;
      for (const place of ["datanets", "datanet/1"]) {
        await go(page, base, place);
        await page.locator("main", { hasText: HOSTILE }).waitFor();
      }
      await go(page, base, "transactions");
      await page.getByRole("row").nth(1).getByRole("link").first().click();
      await page.locator(".memo", { hasText: HOSTILE }).waitFor();
      if ((await page.locator("main img").count()) > 0) throw new Error("a name became markup");
      if (errors.length > 0) throw new Error(errors.join("\n"));
    });
    await check("the page says that the node is silent, and goes on when it is back", async () => {
      await go(page, base, "");
      await page.locator(".fresh.live").waitFor();
      await chain.stop();
      await page.locator(".fresh.silent").waitFor({ timeout: 20_000 });
      base = await chain.start();
      await page.locator(".fresh.live").waitFor({ timeout: 20_000 });
      await page.locator("main .figure").first().waitFor();
    });
  } finally {
    await browser.close();
    await chain.stop();
  }
}
