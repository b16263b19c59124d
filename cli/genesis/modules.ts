/** Genesis of the modules that have parameters. A development chain has seconds where others have days. */
export function moduleGenesis(_development: boolean): Readonly<Record<string, unknown>> {
  return {};
}
