import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ownAny } from "#proto/tx/build.js";
import { nodeUrl } from "../../../client.js";
import { roles } from "../cast.js";
import type { Market } from "../prepare.js";
import type { Story } from "../story.js";

/** By which applications ask for the model. */
export const MODEL = "union-ngram";
const READY_MS = 30_000;
/** Longer than the demo: an endpoint is listed until its time is over. */
const ENDPOINT_MS = 86_400_000n;
const FREE_PORT = "127.0.0.1:0";

/** Flags of a program that signs with a key of the story. */
export function signingAs(story: Story, name: string): string[] {
  const { home, terms } = story.world;
  return [
    ...["--from", name, "--keyring-backend", "test", "--keyring-dir", home.root],
    ...["--node", nodeUrl(story.nodeAddress), "--gas-prices", `0.0025${terms.denom}`],
  ];
}

/** A server of the model that knows nothing of the chain. @returns base URL of its API */
export async function serveTexts({ root, run, talk }: Story, { accepted }: Market): Promise<string> {
  const texts = join(root, "model-texts");
  mkdirSync(texts, { recursive: true });
  for (const [i, { prepared }] of accepted.entries()) {
    writeFileSync(join(texts, `${String(i).padStart(3, "0")}.txt`), prepared.text);
  }
  const model = run("model", ["model", "serve", texts, "--name", MODEL, "--listen", FREE_PORT]);
  const [, upstream = ""] = await model.said(/answers at (\S+)/, READY_MS);
  talk.say(`the model answers at ${upstream}: it knows nothing of chain or keys`);
  return upstream;
}

/** The provider's two further steps: a gateway before the model's server, and the gateway's address on the chain. */
export async function sellModel(story: Story, { published }: Market, upstream: string): Promise<void> {
  const { cast, root, run, talk } = story;
  const home = join(root, "gateway");
  const gateway = run("gateway", [
    ...["gateway", "--home", home, "--upstream", upstream, "--listen", FREE_PORT],
    ...["--model", `${MODEL}=${published.versionId}`, "--redeem-amount", "1000000trib", "--credit", "20trib"],
    ...signingAs(story, roles.provider),
  ]);
  const [, url = ""] = await gateway.said(/(http:\/\/127\.0\.0\.1:\d+)/, READY_MS);
  const provider = cast(roles.provider);
  const validUntil = BigInt(story.world.system.now()) + ENDPOINT_MS;
  await provider.send(
    ownAny("tributary.usage.v1.MsgSetEndpoint", {
      ...{ provider: provider.address, versionId: published.versionId, url, validUntil },
    }),
  );
  talk.say(`${roles.provider}'s gateway sells its answers at ${url}, and says so on the chain`);
}
