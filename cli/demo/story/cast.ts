import type { Client } from "#proto/client/index.js";
import { present } from "#proto/assert.js";
import { developmentKeys } from "../../dev/guard.js";
import type { World } from "../../world.js";
import { Actor } from "./actor.js";

/** Everybody in the story, by name: the role accounts of a development chain. */
export type Cast = (name: string) => Actor;

export function makeCast(node: Client, chainId: string, world: World): Cast {
  const actors = new Map(developmentKeys().map((key) => [key.name, new Actor(key, node, chainId, world)]));
  return (name) => present(actors.get(name), `${name} is no role account`);
}

/** The roles and their accounts. */
export const roles = {
  /** Creates the datanet and curates it with two others. */
  creator: "carol",
  curators: ["carol", "grace", "heidi"],
  contributors: ["alice", "dave", "erin", "frank"],
  /** Trains the model, publishes it and answers for it. */
  provider: "bob",
  consumers: ["grace", "heidi"],
} as const;
