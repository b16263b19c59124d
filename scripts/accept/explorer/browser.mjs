// Debian's chromium, and how a page is looked at: errors, overflow, base units, barriers.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const CHROMIUM = "/usr/bin/chromium";
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
export const WIDTHS = [1440, 360];
export const THEMES = ["light", "dark"];
const WAIT_MS = 15_000;

/** A browser with one page. What the page reports as an error is in `errors`. */
export async function openBrowser() {
  if (!existsSync(CHROMIUM)) throw new Error(`${CHROMIUM} is missing: apt-get install chromium`);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  const context = await browser.newContext({ viewport: { width: WIDTHS[0], height: 900 }, bypassCSP: false });
  const page = await context.newPage();
  const errors = [];
  const hosts = new Set();
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  page.on("dialog", (dialog) => {
    errors.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => hosts.add(new URL(request.url()).origin));
  page.setDefaultTimeout(WAIT_MS);
  return { browser, page, errors, hosts };
}

/** Waits until a place is there, and all that it asked for. */
export async function go(page, base, place) {
  await page.goto(`${base}/#/${place}`);
  await page.waitForFunction(
    (hash) => location.hash === hash && document.querySelector(".top") && !document.querySelector("main .loading"),
    `#/${place}`,
  );
}

/** Problems that everybody would see, at one width and in one theme. */
export async function problems(page, width, theme) {
  await page.setViewportSize({ width, height: 900 });
  await page.emulateMedia({ colorScheme: theme });
  const seen = await page.evaluate(() => {
    const { innerWidth } = window;
    const wide = [...document.querySelectorAll("body *")].filter(
      (element) =>
        element.getBoundingClientRect().right > innerWidth + 1 &&
        !element.closest(".scroll, nav, pre, thead, .hidden, .plot"),
    );
    const clipped = [...document.querySelectorAll("main *:not(.hidden)")].filter(
      (element) =>
        element.children.length === 0 &&
        element.scrollWidth > element.clientWidth + 1 &&
        element.clientWidth > 0 &&
        getComputedStyle(element).overflowX === "hidden",
    );
    return {
      overflow: document.documentElement.scrollWidth - innerWidth,
      wide: wide.slice(0, 3).map((element) => `${element.tagName}.${element.className}`),
      clipped: clipped.slice(0, 3).map((element) => element.textContent.slice(0, 60)),
      text: document.querySelector("main").innerText,
      headings: document.querySelectorAll("h1").length,
    };
  });
  const found = [];
  if (seen.overflow > 0 || seen.wide.length > 0) found.push(`overflows by ${seen.overflow}: ${seen.wide.join(", ")}`);
  if (seen.clipped.length > 0) found.push(`clipped: ${seen.clipped.join(" | ")}`);
  if (seen.headings !== 1) found.push(`${seen.headings} headings of the first level`);
  const base =
    /.{0,30}\d ?utrib.{0,10}/.exec(seen.text)?.[0] ?? /\b(NaN|undefined|\[object)\b.{0,20}/.exec(seen.text)?.[0];
  if (base !== undefined) found.push(`shows "${base}"`);
  return [...found, ...(await barriers(page))].map((what) => `${width} px, ${theme}: ${what}`);
}

/** Serious findings of axe-core. The page's own policy lets no script in, so the debugger runs it. */
async function barriers(page) {
  if (!(await page.evaluate(() => "axe" in globalThis))) {
    await page.evaluate(readFileSync(AXE, "utf8"));
  }
  const violations = await page.evaluate(async () => {
    const { violations: all } = await globalThis.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"],
      resultTypes: ["violations"],
    });
    return all
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id} (${nodes.length}): ${nodes[0].html.slice(0, 160)}`);
  });
  return violations.map((violation) => `axe: ${violation}`);
}
