/** Domain separation tags of hashed and signed bytes. A tag is permanent. */
export const domains = {
  beacon: "tributary/beacon/1", // VRF input: chain id, height, previous beacon
  beaconOutput: "tributary/beacon-output/1", // VRF output to 32 bytes
  genesisBeacon: "tributary/beacon-genesis/1",
  intent: "tributary/intent/1", // commitment of a contribution
  voucher: "tributary/voucher/1", // consumer's signature
  ceiling: "tributary/ceiling/1", // consumer's signature
  answer: "tributary/answer/2", // provider's signature over ceiling, receipt and fee
  receipt: "tributary/receipt/1",
  request: "tributary/request/1", // held by the receipt
  http: "tributary/http/1", // what a ceiling binds: an HTTP request
  release: "tributary/release/1",
} as const;
