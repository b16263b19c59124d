import { equalBytes } from "#proto/bytes.js";
import type { Json } from "#proto/codec/json-text.js";
import { fromJson } from "#proto/codec/json.js";
import type { Messages } from "#proto/codec/message.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import { genesisErrors } from "#proto/types/genesis.js";
import type { GenesisContext, GenesisField, QueryContext } from "../../module.js";
import { each, values, writeGenesis } from "../../module-genesis.js";
import * as keys from "./keys.js";
import { checkCarryOver, stackRoyalties, storeLineage } from "./lineage.js";
import { versionOf, type Version } from "./records.js";

const STATE = "tributary.model.v1.GenesisState";
type State = Messages[typeof STATE];

const invalid = (field: string, want: string): Rejection =>
  reject(genesisErrors.invalid, { field: `app_state.model.${field}`, want });

/** Reads what export wrote; sets, royalties and indexes are made anew from the versions, parents first. */
export function initGenesis(context: GenesisContext, json: unknown): Rejection | undefined {
  const { view } = context;
  const state = fromJson(STATE, (json ?? {}) as Json);
  if (isRejection(state)) return state;
  keys.nextModelId.put(view, [], state.nextModelId === 0n ? 1n : state.nextModelId);
  keys.nextVersionId.put(view, [], state.nextVersionId === 0n ? 1n : state.nextVersionId);
  keys.nextEvaluationId.put(view, [], state.nextEvaluationId === 0n ? 1n : state.nextEvaluationId);
  return readModels(context, state) ?? readVersions(context, state);
}

function readModels({ view, address }: GenesisContext, { models }: State): Rejection | undefined {
  for (const [i, model] of models.entries()) {
    const owner = address.parse(model.owner);
    if (owner === undefined) return invalid(`models[${i}].owner`, "an account address");
    if (keys.models.has(view, [model.id]) || keys.slugs.has(view, [model.slug])) {
      return invalid(`models[${i}]`, "each id and each slug once");
    }
    keys.models.put(view, [model.id], model);
    keys.slugs.put(view, [model.slug], model.id);
    keys.byOwner.put(view, [owner, model.id], true);
  }
  return undefined;
}

function readVersions({ view }: GenesisContext, { versions }: State): Rejection | undefined {
  for (const [i, { version, stages, evaluations }] of versions.entries()) {
    const at = `versions[${i}]`;
    if (version?.fees === undefined) return invalid(`${at}.version`, "a version with fees");
    const { id, modelId, number } = version;
    if (keys.versions.has(view, [id])) return invalid(`${at}.version.id`, "each id once");
    if (!keys.models.has(view, [modelId])) return invalid(`${at}.version.model_id`, "a model of this state");
    const parents: Version[] = [];
    for (const { versionId } of version.parents) {
      const parent = versionOf(view, versionId);
      if (parent === undefined) return invalid(`${at}.version.parents`, "versions that stand before");
      parents.push(parent);
    }
    const refused = checkCarryOver(view, modelId, version.carryOver);
    if (refused !== undefined) {
      return invalid(`${at}.version.carry_over`, "an earlier version of its model, and its blocks");
    }
    const { eligibleRoot, carriedRoot } = storeLineage(view, version, parents, stackRoyalties(view, parents));
    if (!equalBytes(eligibleRoot, version.eligibleRoot)) {
      return invalid(`${at}.version.eligible_root`, "the root of its releases");
    }
    if (!equalBytes(carriedRoot, version.carriedRoot)) {
      return invalid(`${at}.version.carried_root`, "the root of its releases and of those that it carries over");
    }
    keys.versions.put(view, [id], version);
    keys.byModel.put(view, [modelId, number], id);
    for (const [index, change] of stages.entries()) keys.stages.put(view, [id, index], change);
    for (const row of evaluations) keys.evaluations.put(view, [id, row.id], row);
  }
  return undefined;
}

/** The fields that `initGenesis` reads. */
export function exportGenesis({ view }: QueryContext): Iterable<GenesisField> {
  return writeGenesis(STATE, {
    nextModelId: keys.nextModelId.get(view, []) ?? 1n,
    nextVersionId: keys.nextVersionId.get(view, []) ?? 1n,
    nextEvaluationId: keys.nextEvaluationId.get(view, []) ?? 1n,
    models: values(keys.models.range(view)),
    versions: each(keys.versions.range(view), ([[id], version]) => ({
      version,
      stages: [...values(keys.stages.range(view, { prefix: [id] }))],
      evaluations: [...values(keys.evaluations.range(view, { prefix: [id] }))],
    })),
  });
}
