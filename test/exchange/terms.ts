import { secp256k1PublicKey } from "#proto/crypto/secp256k1.js";
import type { ChannelTerms } from "#proto/exchange/sealed.js";
import { httpRequestOf, DEFAULT_MARKING, type HttpRequest } from "#proto/exchange/http-request.js";
import { utf8 } from "#proto/bytes.js";

/** Keys of both sides of a test's channel. */
export const secrets = { provider: new Uint8Array(32).fill(7), consumer: new Uint8Array(32).fill(9) };

/** A channel of a test: an answer of one word costs 111, and each further word 10. */
export const terms: ChannelTerms = {
  chainId: "tributary-test-1",
  channelId: 3n,
  versionId: 8n,
  prices: { pricePerCall: 100n, pricePerInputToken: 1n, pricePerOutputToken: 10n },
  versionDatanets: 1,
  providerKey: secp256k1PublicKey(secrets.provider),
  consumerKey: secp256k1PublicKey(secrets.consumer),
};

/** The request of a text: both sides know that the body holds it. */
export function requestFor(text: string): HttpRequest {
  const body = utf8(JSON.stringify({ model: "m", messages: [{ role: "user", content: text }] }));
  return httpRequestOf("POST", "/v1/chat/completions", body, { marking: DEFAULT_MARKING, datanets: [] });
}
