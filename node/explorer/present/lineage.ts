/** A node of the lineage picture: a version, or a release that one was trained on. */
export interface Kin {
  readonly key: string;
  readonly label: string;
  readonly sub: string;
  readonly href: string;
  readonly kind: "release" | "version" | "self";
}
export interface Bond {
  readonly from: string;
  readonly to: string;
  readonly label: string;
}

export interface Placed extends Kin {
  readonly column: number;
  readonly row: number;
}

/** Kin in columns: what something came from stands to its left. A bond that closes a circle is ignored: lineages of a chain have no circles. */
export function layered(kin: readonly Kin[], bonds: readonly Bond[]): Placed[] {
  const columns = new Map(kin.map(({ key }) => [key, 0]));
  // Each round moves at least one to the right; without circles the longest path is shorter than the list.
  for (let round = 0; round < kin.length; round++) {
    let isMoved = false;
    for (const { from, to } of bonds) {
      const [left, right] = [columns.get(from), columns.get(to)];
      if (left === undefined || right === undefined || right > left) continue;
      columns.set(to, left + 1);
      isMoved = true;
    }
    if (!isMoved) break;
  }
  const rows = new Map<number, number>();
  return kin.map((each) => {
    const column = columns.get(each.key)!;
    const row = rows.get(column) ?? 0;
    rows.set(column, row + 1);
    return { ...each, column, row };
  });
}
