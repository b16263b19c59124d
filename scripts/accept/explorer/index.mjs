// The explorer in a real browser: on the chain of the story, and on one that has nothing yet.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ready, start } from "../terminal.mjs";
import { exploreFresh } from "./fresh.mjs";
import { exploreStory } from "./story.mjs";

const START_MS = 60_000;
const LINE_MS = 60_000;

/**
 * @param story shell of the stage whose last server is the story's chain
 * @param fresh shell of a place without a chain
 * @param report gets a name and what is wrong, or undefined
 */
export async function explore(story, fresh, report) {
  const check = async (name, work) => {
    try {
      await work();
      report(`explorer: ${name}`);
    } catch (error) {
      report(`explorer: ${name}`, error.message);
    }
  };
  const started = new Set();
  const server = async (shell, line, words) => {
    const run = start(line, shell);
    started.add(run);
    if (!(await ready(run, words, START_MS))) throw new Error(`${line}: it ended early\n${run.output}`);
    return run;
  };
  const stopped = async (run) => {
    if (!started.delete(run)) return;
    run.type("\u0003");
    await run.done;
  };
  const printed = (run, name) => new RegExp(`${name} +(http\\S+)`).exec(run.output)[1];
  try {
    const aside = { ...story, state: join(story.at, "state-explorer") };
    const explorer = async (node) =>
      printed(await server(aside, `tribd explorer --node ${node} --listen 127.0.0.1:0`, /Node +http/), "Explorer");
    await exploreStory(await storyChain(story), explorer, check);

    let dev;
    const chain = {
      async start() {
        dev = await server(fresh, "tribd dev --block-interval-ms 200", /Next/);
        return printed(dev, "REST");
      },
      stop: () => stopped(dev),
      async run(line) {
        const home = '--home "$HOME/.tribd/dev"';
        const run = start(
          `${line} ${home} --node ${printed(dev, "RPC")}`,
          { ...fresh, state: join(fresh.at, "state-line") },
          LINE_MS,
        );
        if ((await run.done) !== 0) throw new Error(run.output);
      },
    };
    await exploreFresh(chain, check);
  } finally {
    for (const run of started) await stopped(run);
  }
}

/** Where the first validator of the story answers, as its settings say. */
async function storyChain(shell) {
  const run = start('printf "home=%s\\n" "$(cd "$TRIBD_HOME" && pwd)"', shell, LINE_MS);
  await run.done;
  const home = /home=(\S+)/.exec(run.output)[1];
  const setting = (file, pattern) => pattern.exec(readFileSync(join(home, "config", file), "utf8"))[1];
  return {
    home,
    rpc: setting("client.toml", /^node = "tcp:\/\/([^"]+)"/m).replace(/^/, "http://"),
    rest: setting("app.toml", /^address = "tcp:\/\/([^"]+)"/m).replace(/^/, "http://"),
  };
}
