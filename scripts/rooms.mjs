// Counts the rooms that a transaction, a block and a query enter in a running node, and the messages between its threads:
// `node scripts/rooms.mjs [dist/cli/main.js of any commit]`. A room is a folder at the second level, as node/chain; it is
// entered when one of its functions runs. Each journey is made several times; what runs each time is counted.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const program = resolve(process.argv[2] ?? "dist/cli/main.js");
const dist = resolve(program, "../..");
/** Shorter than the ten seconds from one pruning to the next: what it runs is not in each of the windows. */
const BLOCK_MS = 4_000;
const SETTLE_MS = 2_500;
const TIMES = 6;

const folder = mkdtempSync(join(tmpdir(), "rooms-"));
const mark = join(folder, "mark");
const coverage = join(folder, "coverage");
mkdirSync(coverage);
writeFileSync(mark, "");
const node = spawn(
  process.execPath,
  [program, "dev", "--home", join(folder, "home"), "--block-interval-ms", String(BLOCK_MS), "-o", "json"],
  {
    env: {
      ...process.env,
      ROOMS_MARK: mark,
      NODE_V8_COVERAGE: coverage,
      NODE_OPTIONS: `--import ${new URL("./rooms/watch.mjs", import.meta.url).href}`,
    },
    stdio: ["ignore", "pipe", "ignore"],
  },
);
const started = await new Promise((found) => {
  let text = "";
  node.stdout.on("data", (chunk) => {
    text += chunk;
    try {
      found(JSON.parse(text));
    } catch {
      // More of it comes.
    }
  });
});
const { rpc } = started.endpoints;

/** Rooms of all threads since the last mark, and messages that they posted. */
async function taken() {
  for (const file of readdirSync(coverage)) unlinkSync(join(coverage, file));
  rmSync(`${mark}.posted`, { force: true });
  writeFileSync(mark, String(Math.random()));
  await sleep(SETTLE_MS);
  const rooms = new Set();
  for (const file of readdirSync(coverage)) {
    for (const { url, functions } of JSON.parse(readFileSync(join(coverage, file), "utf8")).result) {
      const path = url.startsWith(`file://${dist}/`) ? url.slice(`file://${dist}/`.length).split("/") : undefined;
      // The first function of a file is its top level, which runs when it is loaded.
      const ran = functions.slice(1).some(({ ranges }) => ranges[0].count > 0);
      if (path !== undefined && ran) rooms.add(path.slice(0, Math.min(2, path.length - 1)).join("/"));
    }
  }
  const lines = readFileSync(`${mark}.posted`, "utf8").trim().split("\n");
  return { rooms, posted: lines.reduce((sum, line) => sum + JSON.parse(line).posted, 0) };
}

const height = async () => Number((await (await fetch(`${rpc}/status`)).json()).result.sync_info.latest_block_height);
async function nextBlock() {
  const before = await height();
  while ((await height()) === before) await sleep(100);
}
const home = ["--home", started.home, "--node", rpc, "--request-timeout", "60"];
const tribd = (...args) => execFileSync(process.execPath, [program, ...args, ...home], { stdio: "pipe" });
const alice = started.accounts.find(({ name }) => name === "alice").address;
const question = encodeURIComponent(`"/cosmos.bank.v1beta1.Query/AllBalances"`);
const data = `0x0a${Buffer.from([alice.length]).toString("hex")}${Buffer.from(alice).toString("hex")}`;

const journeys = {
  // From the command to its result in a block.
  transaction: () => tribd("tx", "bank", "send", "alice", "bob", "1trib", "--yes", "--timeout-seconds", "120"),
  // From one commit to the next, while no client asks.
  block: () => sleep(BLOCK_MS + 500),
  query: async () => {
    const answer = await (await fetch(`${rpc}/abci_query?path=${question}&data=${data}`)).json();
    if (answer.result.response.code !== 0) throw new Error(answer.result.response.log);
  },
};

await nextBlock();
for (const [name, journey] of Object.entries(journeys)) {
  const all = [];
  for (let time = 0; time <= TIMES; time++) {
    await nextBlock();
    await sleep(500); // What follows a block is over.
    await taken();
    await journey();
    const one = await taken();
    if (time > 0) all.push(one); // The first time loads files and starts threads.
  }
  const rooms = [...all[0].rooms].filter((room) => all.every((each) => each.rooms.has(room))).sort();
  const messages = Math.min(...all.map(({ posted }) => posted));
  process.stdout.write(`${name}: ${rooms.length} rooms, ${messages} messages between threads\n  ${rooms.join(" ")}\n`);
}
node.kill("SIGTERM");
await new Promise((ended) => node.once("exit", ended));
rmSync(folder, { recursive: true, force: true });
