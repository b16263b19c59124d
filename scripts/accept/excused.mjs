// Lines that are not run, each with its reason. A line that is neither run nor here fails; a row that fits no line fails too.
export const excused = [
  [/^ufw /, "root: it changes the machine's firewall"],
  [
    /^npm ci( && npm (start|test).*)?$/,
    "npm: .ci/run begins with npm ci and npm test; npm start is tribd demo, which is run",
  ],
  [/^npm run build$/, "npm: accept begins with it"],
  [/^alias tribd=/, "the lines below it are run with this build already"],
  [/https:\/\/rpc\.example\./, "other machines: a public node, its genesis and a witness"],
  [/ --chaos --seed 7$/, "another run of the story: test/e2e/story.test.ts kills the validator"],
  [/^tribd earnings alice --follow$/, "it goes on until Ctrl-C: the line with --seconds runs the same loop"],
  [/^tribd demo( --exit --json)?$/, "another run of the story: docs/tutorial.md runs it with --dir"],
  [
    /^tribd tx (usage redeem|attribution open-sample) /,
    "a provider's program makes the file; the story redeems and opens",
  ],
  [
    /^tribd tx staking (delegate|unbond|cancel-unbond) /,
    "other machines: 100trib outweigh the only other validator, whose chain then waits for a node of this one",
  ],
];
