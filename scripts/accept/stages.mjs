// Where each line is run: the home before it, what a reader would fill in, and the words for which a server is waited for.
import { MNEMONIC } from "./terminal.mjs";

const stories = ["river", "harvest", "snow", "mill", "ferry", "market", "school", "forest"];

/** The files that examples name, in every working directory. */
export const files = {
  "CARD.md": "Speeches, and short texts about life in a river valley.\n",
  "TERMS.md": "You may train on these texts; whoever contributed is paid for what is used.\n",
  "TERMS-2.md": "As before, and for evaluation.\n",
  "a.txt": "The barley of this field was sown late, and still it stood higher than the boy who watched it.\n",
  "b.txt": "Nobody had crossed the bridge since the flood carried its middle down to the mill.\n",
  ...Object.fromEntries(
    stories.map((name, i) => [
      `texts/${name}.txt`,
      `Of the ${name} in this valley ${i + 2} stories are told, and each begins with another winter, ${name} and all.\n`,
    ]),
  ),
  "poems.jsonl":
    '{"title":"The bridge","verse":[{"text":"The river took the bridge at night"},{"text":"and gave no timber back"}]}\n',
  "model.bin": "weights",
  "ft.bin": "weights of the adapter",
  "config.json": '{"order":3}',
  "train.json": '{"seed":1}',
  "held-out.txt": "A text that no model was trained on.\n",
  "eval.log": "perplexity 41.7\n",
  pw: "correct horse battery\n",
  "mnemonic.txt": `${MNEMONIC}\ncorrect horse battery\n`,
  "key.hex": `${"11".repeat(32)}\ncorrect horse battery\n`,
};

const init = "tribd init my-node --chain-id tributary-1 --yes";
const add = (...names) => names.map((name) => `tribd keys add ${name} --no-backup`);
const NODE = ["tribd start --consensus.block_interval_ms 100", /height=1[0-9] /];
const snapshotsJson = "tribd snapshots list -o json > snapshots.json";
const DEV = ["tribd dev --block-interval-ms 200", /RPC /];
const untilBlock = (height) =>
  `until [ "$(tribd status -o json 2>/dev/null | jq -r .sync_info.latest_block_height)" -ge ${height} ] 2>/dev/null; do sleep 0.2; done`;

/**
 * `each`: every line starts from a copy of the home that `setup` makes. `in order`: the lines follow each other, as a reader
 * types them. `read`: so do those of the tutorial
 * and the client's programs, and all others then only read. A server of `setup` or of a line runs
 * until the next one, or until the stage ends by Ctrl-C.
 */
export const stages = {
  offline: {
    mode: "each",
    setup: [
      init,
      ...add("alice", "old", "val0"),
      "cp $HOME/.tribd/config/genesis.json $HOME/.tribd/config/priv_validator_key.json $HOME/.tribd/data/priv_validator_state.json .",
      "tribd testnet init-files --v 1",
      "tribd signer init --home /var/lib/tribd-signer --chain-id tributary-1",
      "tribd init other --home /var/lib/tribd --chain-id tributary-1 --yes",
    ],
  },
  data: {
    mode: "each",
    setup: [init, NODE, "stop", "tribd snapshots create", snapshotsJson],
  },
  operate: {
    mode: "in order",
    setup: ["tribd init other --home /var/lib/tribd --chain-id tributary-1 --yes", "tribd keys add alice --no-backup"],
  },
  tx: { mode: "in order", setup: [DEV, "export TRIBD_HOME=$HOME/.tribd/dev"] },
  story: { mode: "read", setup: [] },
};

/** Pages of the stage "story" whose lines follow each other, in the order in which they are read. */
export const STORY_PAGES = ["docs/tutorial.md", "docs/gateway.md", "docs/consumer.md", "docs/story.md"];

/** The stage that runs a line: the first matching row. `tribd tx` needs a chain without other writers, queries a full one. */
export const places = [
  [{ source: /^docs\/(tutorial|gateway|consumer|story)\.md$/ }, "story"],
  [{ source: /^docs\/operate\.md$/ }, "operate"],
  [{ line: /^tribd (tx|datanet|consumer) / }, "tx"],
  [{ line: /^tribd (query|q|verify|explain|explorer|gateway|light|status|earnings) ?/ }, "story"],
  [{ line: /^tribd (export|snapshots) / }, "data"],
  [{ line: /\btribd / }, "offline"],
];

/** What a reader puts in the place of a placeholder, as the shell computes it. */
export const filled = [
  [/(?<=query datanet [a-z]+ )speeches/, "union-addresses"],
  [/show sotu-ngram/, "show union-ngram"],
  [/attribution epoch 2/, "attribution epoch $(tribd query attribution batch 2 -o json | jq -r .batch.epoch)"],
  [
    /explain receipt 1 1 7 --answer answer\.txt/,
    "explain receipt $(ls $TRIBD_HOME | sed -n 's/^answer-\\([0-9]*\\)-\\([0-9]*\\)-\\([0-9]*\\)\\.txt$/\\1 \\2 \\3/p') --answer $TRIBD_HOME/answer-*.txt",
  ],
  // It runs until Ctrl-C, beside the chain; several lines run at once.
  [/^tribd explorer(?! --listen)/, "timeout --preserve-status -s INT 4 tribd explorer --listen 127.0.0.1:0"],
  [/^tribd explorer(?= --listen)/, "timeout --preserve-status -s INT 4 tribd explorer"],
  [/^tribd gateway(?= --from \S+ --upstream)/, "timeout --preserve-status -s INT 8 tribd gateway --listen 127.0.0.1:0"],
  [/^tribd consumer(?= --from)/, "timeout --preserve-status -s INT 8 tribd consumer --listen 127.0.0.1:0"],
  [/Cp4BCpsB\.\.\./, "$(tribd tx encode signed.json)"],
  [/0A9E01\.\.\./, "$(tribd tx encode signed.json | base64 -d | od -An -tx1 | tr -d ' \\n')"],
  [/(5f2c|99aa|77bb)\.\.\./g, "00".repeat(32)],
  [/0011\.\.\./, "0011223344556677"],
  [/\/(?=(?:var|run|etc)\/)/g, "$ACCEPT_ROOT/"],
  [
    /'\{"@type":"\/cosmos\.crypto\.ed25519\.PubKey","key":"\.\.\."\}'|'<that line>'/,
    '"$(tribd comet show-validator --home $ACCEPT_ROOT/var/lib/tribd)"',
  ],
  [/"key":"A\.\.\."/, '"key":"A0cZ6Yx8v2n2Yx0S3mB0k0iJg2nU3n1b6Jw2d0o5m5Qm"'],
  [/--owner trib1\.\.\./, "--owner $(tribd keys show alice -a)"],
  [/trib1\.\.\./, "$(tribd keys show heidi -a 2>/dev/null || tribd keys show alice -a)"],
  [/tribvaloper1\.\.\./, "$(tribd query staking validators -o json | jq -r '.validators[0].operator_address')"],
  [/tribvalcons1\.\.\./, "$(tribd query slashing signing-infos -o json | jq -r '.info[0].address')"],
  [/5A0B\.\.\.|<hash>/, "$(tribd query txs --query 'tx.height > 0' -q | head -1)"],
  [/12D3KooW\.\.\.|<(?:node |signer )?id>/g, "12D3KooWMLKwg3Fnx8dtkC86rqZuRBEdfen3YAXpVkGYedXCDWD2"],
  [/\b120000\b/g, "$(jq -r '.[0].height // .snapshots[0].height' snapshots.json)"],
  [
    /5E884898DA28047151D0E56F8DC6292773603D0D6AABBDD62A11EF721D1542D8|<block hash[^>]*>/,
    "$(jq -r '.[0].header_hash // .snapshots[0].header_hash' snapshots.json)",
  ],
];

const unsigned = "tribd tx bank send alice $(tribd keys show heidi -a) 1utrib --generate-only > unsigned.json";
const signed = [unsigned, "tribd tx sign unsigned.json --from alice --yes > signed.json"];

/** What has to be there before a line, where the stage and the lines before it do not have it. */
export const before = [
  [/--help: tribd init (?!.*--operator)/, ["rm -rf $HOME/.tribd /var/lib/tribd"]],
  [/--help: tribd signer init .*--home/, ["rm -rf /var/lib/tribd-signer"]],
  [/--help: tribd signer init .*--key/, ["rm -rf $HOME/.tribd /var/lib/tribd"]],
  [/--help: tribd signer start/, ["tribd config set chain-id tributary-1 --home /var/lib/tribd-signer"]],
  [
    /: tribd (keys (add|import) alice|keys mnemonic \|)/,
    ["tribd keys export alice --export-password-file pw > alice.key.json", "tribd keys delete alice --yes"],
  ],
  [/: tribd completion /, ["mkdir -p /etc/bash_completion.d $HOME/.zfunc $HOME/.config/fish/completions"]],
  [/: tribd testnet init-files --v 4/, ["rm -rf .localnet"]],
  [
    /--help: tribd snapshots load/,
    ["tribd snapshots export 120000 tributary-120000.snapshot", "rm -rf $HOME/.tribd/data/snapshots"],
  ],
  [
    /--help: tribd snapshots restore/,
    ["rm -rf $HOME/.tribd/data/chain.db $HOME/.tribd/data/chain.begun $HOME/.tribd/data/tx_index.db"],
  ],
  [/operate\.md: tribd status/, ["rm -rf $HOME/.tribd", init, NODE]],
  [/operate\.md: tribd snapshots create/, ["stop"]],
  [/operate\.md: tribd snapshots export/, [snapshotsJson]],
  [
    /operate\.md: tribd snapshots load/,
    [
      "rm -rf $HOME/.tribd/data/snapshots $HOME/.tribd/data/chain.db $HOME/.tribd/data/chain.begun $HOME/.tribd/data/tx_index.db",
    ],
  ],
  [/: tribd tx (simulate|sign) /, [unsigned]],
  [/: tribd tx (broadcast|encode|decode) /, signed],
  [
    /: tribd tx staking create-validator/,
    [
      "tribd init other --home /var/lib/tribd --chain-id tributary-dev-1 --yes",
      `jq -n --argjson key "$(tribd comet show-validator --home /var/lib/tribd)" '{pubkey: $key, amount: "1trib", moniker: "mine"}' > validator.json`,
    ],
  ],
  [
    /: tribd tx usage withdraw 1/,
    [
      `until [ "$(tribd status -o json | jq -r .sync_info.latest_block_height)" -ge "$(tribd query usage channel 1 -o json | jq -r .channel.withdrawable_height)" ]; do sleep 0.5; done`,
    ],
  ],
  [
    /: tribd gateway .*--settings/,
    [`printf 'upstream = "http://127.0.0.1:9/v1"\n[[models]]\nname = "llama"\nversion = 1\n' > gateway.toml`],
  ],
  [
    /: tribd tx payout propose-key/,
    ["tribd keys add alice-new --no-backup", "tribd tx bank send bob $(tribd keys show alice-new -a) 1trib --yes"],
  ],
  [/: tribd tx payout execute-key/, ["tribd tx payout propose-key alice-new --from alice --yes", "sleep 12"]],
];

/** In which order the examples of one chain make sense, by what they begin with; help has them by command. */
export const ORDER = [
  ...["tx bank", "tx staking", "tx slashing"],
  ...["tx datanet create", "datanet contribute", "tx datanet commit", "tx datanet contribute", "tx datanet update"],
  ...["tx datanet add-fingerprints", "tx datanet review", "tx datanet publish-release", "tx datanet fund"],
  ...["tx model register", "tx model publish-version", "tx model set-stage", "tx model evaluate", "tx model amend"],
  ...["consumer --from", "consumer status", "consumer receipts", "consumer close"],
  ...["tx usage open", "tx usage top-up", "tx usage redeem", "tx usage close", "tx usage withdraw", "tx attribution"],
  ...["tx datanet withdraw", "tx datanet set-curators", "tx datanet close", "tx model transfer"],
  ...["tx payout", "tx simulate", "tx encode", "tx decode", "tx sign", "tx broadcast"],
].map((words) => `tribd ${words} `);

/**
 * A line that starts what runs until Ctrl-C, the words that say that it works, and its kind: it takes the place of the server of
 * its kind, and a chain that of all.
 */
export const servers = [
  [/^(TRIBD_\w+=\S+ )?tribd start/, /RPC on/],
  [/^tribd dev/, /RPC /],
  [/^tribd model serve/, /answers at/, "model"],
  // Of the pages; help's examples begin with the key, and end by themselves (filled).
  [/^tribd gateway --upstream(?!.*--dry-run)/, /http:\S+/, "gateway"],
  [/^tribd consumer --model/, /Base URL/, "consumer"],
  [/^tribd demo/, /the chain goes on/],
  [/^tribd signer start/, /dialling until it does|connected/],
];

/** A line whose state cannot be made in seconds: it is run, and refused for the reason that is named here. */
export const refused = [
  [
    /: tribd tx staking edit-validator/,
    /commission too soon/,
    "a commission changes once a day, and this validator is new",
  ],
  [
    /: tribd tx datanet contribute 1 --nonce/,
    /commit|fingerprints|hex/i,
    "a contribution of a stranger's text: nothing was committed to",
  ],
  [/: tribd tx datanet add-fingerprints/, /upload|complete|hex|refused/i, "contribution 7 has all its fingerprints"],
  [/: tribd tx model amend/, /not active|later|refus/i, "docs/limits.md: amending a lineage comes later"],
  [/: tribd tx attribution settle/, /not found|no batch|batch/i, "no batch was redeemed on this chain"],
  [/: tribd tx payout claim/, /nothing|owed/i, "nothing is owed on this chain"],
  [
    /: tribd tx sign - --from alice --offline/,
    /development|public/i,
    "alice's key is public here, and tributary-1 is no development chain",
  ],
  [/--help: tribd gateway .*--dry-run/, /cannot be reached/, "no model's server runs where the settings say"],
  [/: tribd query staking unbonding-delegation/, /not found|no /i, "the story has no unbonding"],
  [/^docs\/operate\.md: tribd doctor$/, /BAD peers/, "other machines: the peers that the page names are not there"],
  [/: tribd consumer close/, /is in the book|no book/, "no provider has been asked on this chain"],
  [/: tribd tx slashing unjail/, /not jailed/, "no validator is jailed in the story"],
];

/** What the programs of proto/client/README.md need: a key, the genesis, and the node where they say it is. */
export const PROGRAM_WORLD = [
  "cp $TRIBD_HOME/config/genesis.json . &&",
  `sed -i "s|http://127.0.0.1:26657|$(tribd config get client.node | sed s/^tcp:/http:/)|" program-* &&`,
  "SECRET_KEY=$(tribd keys export alice --unarmored-hex --unsafe --yes)",
].join(" ");
