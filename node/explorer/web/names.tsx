import { BoundedMap } from "#proto/bounded.js";
import type { Messages } from "#proto/codec/message.js";
import { useAnswer } from "./ask.js";
import { node } from "./node.js";
import { Title, To } from "./parts/basic.js";

/** Names beside numbers: each is asked once, and the list of them has an end. */
const NAMES_MAX = 2_000;

export type Version = Messages["tributary.model.v1.Version"];
export type Model = Messages["tributary.model.v1.Model"];
export type Contribution = Messages["tributary.datanet.v1.Contribution"];

/** A cache of what never changes its name; a failure is forgotten. */
function remembered<T>(ask: (id: bigint) => Promise<T>): (id: bigint) => Promise<T> {
  const known = new BoundedMap<bigint, Promise<T>>(NAMES_MAX);
  return (id) => {
    const before = known.get(id);
    if (before !== undefined) return before;
    const asked = ask(id);
    known.set(id, asked);
    asked.catch(() => known.delete(id));
    return asked;
  };
}

export const modelOf = remembered(async (modelId: bigint): Promise<Model | undefined> => {
  const { model } = await node.query("tributary.model.v1.Query/Model", { modelId });
  return model;
});

export const versionOf = remembered(async (versionId: bigint) => {
  const { version, owner } = await node.query("tributary.model.v1.Query/Version", { versionId });
  return { version, owner, model: version && (await modelOf(version.modelId)) };
});

export const contributionOf = remembered(async (contributionId: bigint): Promise<Contribution | undefined> => {
  const { contribution } = await node.query("tributary.datanet.v1.Query/Contribution", { contributionId });
  return contribution;
});

/** A version by its model and label, linked; its number until the name is there. */
export function VersionName({ id }: { readonly id: bigint }) {
  const { value } = useAnswer(`version name ${id}`, () => versionOf(id));
  return (
    <To page="version" id={id}>
      {value?.version === undefined ? (
        `version ${id}`
      ) : (
        <Title text={`${value.model?.slug ?? "model"} ${value.version.label}`} max={60} />
      )}
    </To>
  );
}

export function ContributionName({ id }: { readonly id: bigint }) {
  const { value } = useAnswer(`contribution name ${id}`, () => contributionOf(id));
  return (
    <To page="contribution" id={id}>
      {value === undefined ? `contribution ${id}` : <Title text={value.title} max={80} />}
    </To>
  );
}

export function DatanetName({ id }: { readonly id: bigint }) {
  const { value } = useAnswer(`datanet name ${id}`, async () => {
    const { datanet } = await node.query("tributary.datanet.v1.Query/Datanet", { datanetId: id });
    return datanet;
  });
  return (
    <To page="datanet" id={id}>
      {value === undefined ? `datanet ${id}` : <Title text={value.title} max={80} />}
    </To>
  );
}
