/** A REST path as "/cosmos/bank/v1beta1/balances/{address}": names in braces take one segment. */
export type PathVariables = Readonly<Record<string, string>>;

export function matchPath(template: string, pathname: string): PathVariables | undefined {
  const want = template.split("/");
  const have = pathname.split("/");
  if (want.length !== have.length) return undefined;
  const variables: Record<string, string> = {};
  for (const [i, part] of want.entries()) {
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    if (name === undefined) {
      if (part !== have[i]) return undefined;
      continue;
    }
    const value = unescaped(have[i]!);
    if (value === undefined || value === "") return undefined;
    variables[name] = value;
  }
  return variables;
}

/** Undefined for escapes that are no UTF-8. */
export function unescaped(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // The platform throws for them.
  }
}
