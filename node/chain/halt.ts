/** The chain of this node stands at the height that `halt-height` names, or above it: nothing more is committed. */
export class HaltReached extends Error {
  override readonly name = "HaltReached";
  readonly code = "halt_height";
  readonly height: bigint;

  constructor(height: bigint, haltHeight: bigint) {
    super(
      `this node stands at height ${height} and halt-height is ${haltHeight}: it goes no further. ` +
        "Export or upgrade now; with a larger halt-height, or 0, it goes on",
    );
    this.height = height;
  }
}
