import { join } from "node:path";
import { SOURCE } from "../../usage/prompts.js";
import { roles } from "../cast.js";
import type { Market } from "../prepare.js";
import type { Story } from "../story.js";
import { MODEL, signingAs } from "./serve.js";

/** A consumer's program: what an application needs to know of it. */
export interface ConsumerProgram {
  readonly name: string;
  /** Base URL of OpenAI's API. */
  readonly url: string;
  readonly apiKey: string;
}

const READY_MS = 30_000;
/** The first consumer wants all of its receipts opened, the other is content with a sample. */
const OPENS_ALL: string = roles.consumers[0];

/** Each consumer starts a program that holds its key; channels are opened with the first question. */
export async function startConsumers(story: Story, { datanet, published }: Market): Promise<ConsumerProgram[]> {
  const programs: ConsumerProgram[] = [];
  for (const name of roles.consumers) {
    const program = story.run(`consumer-${name}`, [
      ...["consumer", "--home", join(story.root, `consumer-${name}`), "--listen", "127.0.0.1:0"],
      ...[
        "--model",
        `${MODEL}=${published.versionId}`,
        "--allow-private",
        "--deposit",
        "50trib",
        "--day-max",
        "50trib",
      ],
      ...["--delimiter", `${SOURCE.open}...${SOURCE.close}`, "--datanet", String(datanet.id)],
      ...(name === OPENS_ALL ? ["--open-all"] : []),
      ...signingAs(story, name),
    ]);
    const [, url = "", apiKey = ""] = await program.said(/Base URL\s+(\S+)\s+API key\s+(\S+)/, READY_MS);
    story.talk.say(`${name}'s applications ask at ${url}: any client of OpenAI's API`);
    programs.push({ name, url, apiKey });
  }
  return programs;
}
