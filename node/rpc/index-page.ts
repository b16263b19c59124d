import { routes, type Route } from "#proto/rpc/routes.js";

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** The page at `/methods`: every endpoint with its parameters. Links are relative: nothing of the request is repeated in it. */
export function indexPage(chainId: string, restPaths: readonly string[]): string {
  const methods = Object.entries(routes as Readonly<Record<string, Route>>).map(([name, route]) => {
    const params = Object.keys(route.params);
    const query = params.length === 0 ? "" : `?${params.map((param) => `${param}=_`).join("&")}`;
    const call = route.socketOnly ? `${name} (on /websocket)` : `<a href="${name}${escaped(query)}">${name}</a>`;
    return `<li><code>${call}</code> ${escaped(route.doc)}${paramList(route)}</li>`;
  });
  const rest = restPaths.map((path) => `<li><code>${escaped(path)}</code></li>`);
  return [
    "<!doctype html><html lang=en><meta charset=utf-8>",
    `<title>${escaped(chainId)}</title><h1>${escaped(chainId)}</h1>`,
    "<p>JSON-RPC 2.0 by POST to this address, by GET below, or over /websocket.</p>",
    `<ul>${methods.join("")}</ul><h2>REST</h2><ul>${rest.join("")}</ul></html>`,
  ].join("\n");
}

function paramList({ params }: Route): string {
  const items = Object.entries(params).map(
    ([name, { optional, doc }]) => `<li><code>${name}</code>${optional ? " (optional)" : ""}: ${escaped(doc)}</li>`,
  );
  return items.length === 0 ? "" : `<ul>${items.join("")}</ul>`;
}
