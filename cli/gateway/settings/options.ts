import { opt, section } from "../../option.js";
import { readModel, readRelease } from "./models.js";

/** Settings of a gateway that are one value: as a flag, in the environment or in the settings file, by the same name. */
export const plainOptions = {
  listen: opt.text("Address to listen on; port 0: any free one (default 127.0.0.1:8550).", "address"),
  upstream: opt.text("URL of the model's server, with the path before /chat/completions.", "url"),
  upstreamKeyFile: opt.text("File whose first line is the key of the model's server.", "file"),
  upstreamKeyEnv: opt.text("Name of the environment variable that holds that key.", "name"),
  firstByte: opt.integer("Seconds until the model's server must begin to answer (default 120).", 1, 280, "s"),
  between: opt.integer("Seconds that it may pause within an answer (default 60).", 1, 280, "s"),
  credit: opt.text("What one account may owe, in flight and unpaid (default 1trib).", "amount"),
  redeemAmount: opt.text("Redeem a channel once so much is signed (default 1trib).", "amount"),
  redeemAge: opt.integer("Redeem smaller sums after so many minutes (default 60).", 1, 10_080, "min"),
  parallel: opt.integer("Requests that are worked on at once (default 64).", 1, 4_096),
  bodyBytes: opt.integer("Bytes of a request's body at most (default 4000000).", 1_000, 64_000_000),
  ceilingBlocks: opt.integer("Blocks that a ceiling may be old, and may last (default 30).", 2, 1_000),
  dir: opt.text("Folder of the gateway's book (default gateway in the home).", "dir"),
  metricsListen: opt.text("Address of the metrics; none unless given.", "address"),
};

/** Flags of `tribd gateway`. */
export const gatewayOptions = section("Gateway", {
  settings: opt.text("TOML file with these settings by their names, and [[models]].", "file"),
  model: opt.list(
    "A model: its name, its version on the chain, and its server's name if that differs.",
    "name=version[:upstream]",
    readModel,
  ),
  datanet: opt.of("Find passages in texts of this release, for the models of --model.", "id[/release]", readRelease),
  texts: opt.text("Folder of these texts.", "dir"),
  ...plainOptions,
  dryRun: opt.flag("Check everything against chain and model's server, say what would be done, and end."),
});
