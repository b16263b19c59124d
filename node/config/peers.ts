import { matching, type Setting } from "./kinds.js";

const PEER_ID = /^12D3KooW[1-9A-HJ-NP-Za-km-z]{44}$/;

export function isPeerId(text: string): boolean {
  return PEER_ID.test(text);
}

export interface PeerAddress {
  readonly id: string;
  readonly host: string;
  readonly port: number;
}

const items = (text: string): string[] =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");

function parsePeer(item: string): PeerAddress | undefined {
  const match = /^([^@]*)@(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})$/.exec(item);
  const port = Number(match?.[3]);
  if (match === null || !isPeerId(match[1]!) || port === 0 || port > 65_535) return undefined;
  return { id: match[1]!, host: match[2]!.replace(/^\[|\]$/g, ""), port };
}

/** `id@host:port`, comma separated, as operators write peers; undefined when an item is something else. */
export function parsePeers(text: string): PeerAddress[] | undefined {
  const peers = items(text).map(parsePeer);
  return peers.every((peer) => peer !== undefined) ? peers : undefined;
}

/** Node ids, comma separated; undefined when an item is something else. */
export function parsePeerIds(text: string): string[] | undefined {
  const ids = items(text);
  return ids.every(isPeerId) ? ids : undefined;
}

const AN_ID = "an id as tribd comet show-node-id prints it (12D3KooW...)";

export const peersSetting = (doc: string): Setting<string> =>
  matching(doc, `id@host:port, comma separated, each with ${AN_ID}`, (value) => parsePeers(value) !== undefined);

export const peerIdsSetting = (doc: string): Setting<string> =>
  matching(doc, `ids, comma separated, each ${AN_ID}`, (value) => parsePeerIds(value) !== undefined);

export const peerIdSetting = (doc: string): Setting<string> => matching(doc, `${AN_ID}, or empty`, isPeerId);
