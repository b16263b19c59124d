/** The commands that make the first object of a page that is still empty: what help shows, so that they can be copied. */
export const commands = {
  demo: "tribd demo",
  send: "tribd tx bank send alice bob 1trib",
  createValidator: "tribd tx staking create-validator --help",
  contribute: "tribd datanet contribute 1 ./texts --from alice",
  createDatanet:
    'tribd tx datanet create speeches --title "Speeches" --card-hash @CARD.md --terms-hash @TERMS.md --from bob',
  publishRelease: 'tribd tx datanet publish-release 1 --notes "first release" --from bob',
  registerModel:
    'tribd tx model register sotu-ngram --title "An n-gram model of speeches" --card-hash @CARD.md --from bob',
  publishVersion: "tribd tx model publish-version --help",
  evaluate: "tribd tx model evaluate --help",
  openChannel: "tribd tx usage open bob 1 50trib --from grace",
  setEndpoint: "tribd tx usage set-endpoint 1 https://api.bob.dev/v1 --valid-until 2027-06-30 --from bob",
} as const;
