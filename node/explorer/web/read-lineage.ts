import type { Bond, Kin } from "../present/lineage.js";
import { relationWords, stageWords } from "../present/messages.js";
import { linkTo } from "../present/route.js";
import { lineOf } from "../present/text.js";
import { versionOf, type Model, type Version } from "./names.js";
import { node, pageRequest } from "./node.js";

/** Relatives in one picture: more would be a wall. */
const KIN_MAX = 24;
const DEPTH_MAX = 4;
const CHILDREN = 8;

export interface LineageFound {
  readonly kin: readonly Kin[];
  readonly bonds: readonly Bond[];
  readonly isPartial: boolean;
}

/** A version with its releases, its ancestors with theirs, and its children. */
export async function readLineage(version: Version, model: Model | undefined): Promise<LineageFound> {
  const kin = new Map<string, Kin>();
  const bonds: Bond[] = [];
  let isPartial = false;
  const add = (each: Kin): boolean => {
    if (kin.has(each.key)) return true;
    if (kin.size >= KIN_MAX) {
      isPartial = true;
      return false;
    }
    kin.set(each.key, each);
    return true;
  };
  const addVersion = (one: Version, of: Model | undefined, isSelf: boolean): boolean =>
    add({
      key: `v${one.id}`,
      label: lineOf(`${of?.slug ?? "model"} ${one.label}`, 40),
      sub: stageWords(one.stage),
      href: linkTo("version", one.id),
      kind: isSelf ? "self" : "version",
    });

  addVersion(version, model, true);
  let level: readonly Version[] = [version];
  for (let depth = 0; depth < DEPTH_MAX && level.length > 0; depth++) {
    const next: Version[] = [];
    for (const one of level) {
      for (const { datanetId, number } of one.releases) {
        const key = `r${datanetId}/${number}`;
        const release: Kin = {
          key,
          label: `datanet ${datanetId}`,
          sub: `release ${number}`,
          href: linkTo("datanet", datanetId),
          kind: "release",
        };
        if (add(release)) bonds.push({ from: key, to: `v${one.id}`, label: "trained on" });
      }
      for (const { versionId, relation } of one.parents) {
        const parent = await versionOf(versionId);
        if (parent.version === undefined || !addVersion(parent.version, parent.model, false)) continue;
        bonds.push({ from: `v${versionId}`, to: `v${one.id}`, label: relationWords(relation) });
        next.push(parent.version);
      }
    }
    level = next;
  }
  const pagination = pageRequest({ key: new Uint8Array(0), limit: CHILDREN, reverse: false });
  const children = await node.query("tributary.model.v1.Query/Children", { versionId: version.id, pagination });
  if ((children.pagination?.nextKey.length ?? 0) > 0) isPartial = true;
  for (const id of children.versionIds) {
    const child = await versionOf(id);
    if (child.version === undefined || !addVersion(child.version, child.model, false)) continue;
    const relation = child.version.parents.find(({ versionId }) => versionId === version.id)?.relation;
    bonds.push({ from: `v${version.id}`, to: `v${id}`, label: relation === undefined ? "" : relationWords(relation) });
  }
  return { kin: [...kin.values()], bonds, isPartial };
}
