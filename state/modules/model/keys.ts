import { message } from "#proto/codec/message.js";
import { addressKey, hashKey, textKey, u32Key, u64Key } from "../../store/key-codec.js";
import { keyspace } from "../../store/keyspace.js";
import { bytesValue, messageValue, presentValue, u64Value } from "../../store/value-codec.js";

/** Every key of the model module. A number is permanent: never renumbered, never reused. */
const model = keyspace(0x11);

const modelValue = messageValue(message("tributary.model.v1.Model"));
const versionValue = messageValue(message("tributary.model.v1.Version"));
const royaltiesValue = messageValue(message("tributary.model.v1.Royalties"));
const stageValue = messageValue(message("tributary.model.v1.StageChange"));
const evaluationValue = messageValue(message("tributary.model.v1.Evaluation"));

/** The next model id; ids start at 1. */
export const nextModelId = model.table(0x01, [], u64Value); // 11|01
/** The next version id; ids start at 1. */
export const nextVersionId = model.table(0x02, [], u64Value); // 11|02
/** The next evaluation id; ids start at 1. */
export const nextEvaluationId = model.table(0x03, [], u64Value); // 11|03

/** Models by id. */
export const models = model.table(0x10, [u64Key], modelValue); // 11|10|model
/** Model ids by slug. */
export const slugs = model.table(0x11, [textKey], u64Value); // 11|11|slug: model
/** Index: models of an owner. */
export const byOwner = model.table(0x12, [addressKey, u64Key], presentValue); // 11|12|owner|model

/** Versions by id. */
export const versions = model.table(0x20, [u64Key], versionValue); // 11|20|version
/** Version ids, by model and number. */
export const byModel = model.table(0x21, [u64Key, u32Key], u64Value); // 11|21|model|number: version
/** Index: child versions of a version. */
export const children = model.table(0x22, [u64Key, u64Key], presentValue); // 11|22|parent version|child version
/** Index: versions that name a release themselves. */
export const pins = model.table(0x23, [u64Key, u32Key, u64Key], presentValue); // 11|23|datanet|release|version that names it itself
/** Royalties of all ancestors, by version; no row means none. */
export const royalties = model.table(0x24, [u64Key], royaltiesValue); // 11|24|version: what its ancestors take; no row: nothing
/** Stage history, by version and index. */
export const stages = model.table(0x25, [u64Key, u32Key], stageValue); // 11|25|version|index
/** Nodes of sets of releases by hash, shared by all versions. */
export const nodes = model.table(0x26, [hashKey], bytesValue); // 11|26|hash: node of a set of releases, shared by all versions

/** Evaluations, by version and id. */
export const evaluations = model.table(0x30, [u64Key, u64Key], evaluationValue); // 11|30|version|evaluation
