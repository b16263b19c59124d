import type { ClientEvent } from "#proto/client/index.js";
import { attributeOf } from "./follow.js";

/** What of a block concerns a provider: what is to be read anew. */
export interface Concerns {
  readonly channels: ReadonlySet<bigint>;
  readonly versions: ReadonlySet<bigint>;
}

/**
 * Reads the events of a block. A channel is concerned if its event names the provider, or if the gateway has it; a version by
 * the change of its stage.
 */
export function concernsOf(
  events: readonly ClientEvent[],
  provider: string,
  has: { channel(id: bigint): boolean; version(id: bigint): boolean },
): Concerns {
  const [channels, versions] = [new Set<bigint>(), new Set<bigint>()];
  for (const event of events) {
    const channelId = event.type.startsWith("usage.") ? idOf(event, "channel_id") : undefined;
    if (channelId !== undefined && (attributeOf(event, "provider") === provider || has.channel(channelId))) {
      channels.add(channelId);
    }
    const versionId = event.type === "model.stage" ? idOf(event, "version_id") : undefined;
    if (versionId !== undefined && has.version(versionId)) versions.add(versionId);
  }
  return { channels, versions };
}

function idOf(event: ClientEvent, key: string): bigint | undefined {
  const text = attributeOf(event, key);
  return text !== undefined && /^[0-9]{1,19}$/.test(text) ? BigInt(text) : undefined;
}
