import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ENDPOINT_LENGTH_MAX, endpointProblem, type EndpointProblem } from "#proto/endpoint/url.js";

const taken: readonly string[] = [
  "https://api.bob.dev",
  "https://api.bob.dev/v1",
  "https://api.bob.dev:8443/tributary/v1.2~x_y-z",
  "https://xn--bcher-kva.ch",
  "https://8.8.8.8",
  "https://172.32.0.1:444",
  "https://[2606:4700:4700::1111]/v1",
  "https://[2a00::1:0:0:1]:8443",
];
for (const url of taken) {
  test(`an endpoint may be ${url}`, () => {
    assert.equal(endpointProblem(url, false), undefined);
    assert.equal(endpointProblem(url, true), undefined);
  });
}

/** Refused everywhere, also on a development chain. */
const refused: readonly (readonly [name: string, url: string, part: EndpointProblem["part"]])[] = [
  ["nothing", "", "length"],
  ["ten kilobytes", `https://api.bob.dev/${"a".repeat(10_240)}`, "length"],
  ["one character too many", `https://api.bob.dev/${"a".repeat(ENDPOINT_LENGTH_MAX - 19)}`, "length"],
  ["a script", "javascript:alert(1)", "scheme"],
  ["data", "data:text/html,<script>alert(1)</script>", "scheme"],
  ["a file", "file:///etc/passwd", "scheme"],
  ["http", "http://api.bob.dev", "scheme"],
  ["a scheme in capitals", "HTTPS://api.bob.dev", "scheme"],
  ["markup", "https://api.bob.dev/<script>", "path"],
  ["markup in the name", 'https://"onload="x".dev', "host"],
  ["text from right to left", "https://api.bob.dev/\u202Egpj.exe", "characters"],
  ["an invisible space", "https://api\u200B.bob.dev", "characters"],
  ["letters of another script", "https://аpi.bob.dev", "characters"],
  ["a line break", "https://api.bob.dev\nX-Header: 1", "characters"],
  ["a space", "https://api.bob.dev /v1", "characters"],
  ["a control sequence of a terminal", "https://api.bob.dev/\u001B[2J", "characters"],
  ["a lone surrogate", "https://api.bob.dev/\uD800", "characters"],
  ["a user", "https://user@api.bob.dev", "userinfo"],
  ["a user like a host", "https://api.openai.com@evil.dev", "userinfo"],
  ["a password", "https://user:secret@api.bob.dev", "userinfo"],
  ["a fragment", "https://api.bob.dev/#x", "fragment"],
  ["a query", "https://api.bob.dev/?key=1", "query"],
  ["a backslash for a slash", "https://api.bob.dev\\@evil.dev", "userinfo"],
  ["a backslash in the path", "https://api.bob.dev/\\evil", "path"],
  ["no host", "https://", "host"],
  ["a path alone", "https:///v1", "host"],
  ["a name in capitals", "https://API.bob.dev", "host"],
  ["a dot at the end", "https://api.bob.dev.", "host"],
  ["an empty label", "https://api..dev", "host"],
  ["a hyphen at the edge", "https://-api.bob.dev", "host"],
  ["an underscore", "https://a_b.bob.dev", "host"],
  ["a percent sign in the name", "https://api%2ebob.dev", "host"],
  ["a label of 64", `https://${"a".repeat(64)}.dev`, "host"],
  ["an address of three parts", "https://127.0.1", "host"],
  ["an address as one number", "https://2130706433", "host"],
  ["an address in hexadecimal", "https://0x7f000001", "host"],
  ["an address in octal", "https://0177.0.0.1", "host"],
  ["a part in hexadecimal", "https://127.0.0.0x1", "host"],
  ["a part of 256", "https://8.8.8.256", "host"],
  ["an address of six groups", "https://[2606:4700:1:1:1:1]", "host"],
  ["an address of nine groups", "https://[1:2:3:4:5:6:7:8:9]", "host"],
  ["an address with a zone", "https://[fe80::1%25eth0]", "host"],
  ["an address with two gaps", "https://[2606::1::1]", "host"],
  ["an address in its long form", "https://[2606:4700:4700:0:0:0:0:1111]", "host"],
  ["an address in capitals", "https://[2606:4700:4700::ABCD]", "host"],
  ["a mapped address in dots", "https://[::ffff:127.0.0.1]", "host"],
  ["an open bracket", "https://[2606:4700::1", "host"],
  ["text after the bracket", "https://[2606:4700::1]x", "host"],
  ["an empty port", "https://api.bob.dev:", "port"],
  ["port 0", "https://api.bob.dev:0", "port"],
  ["port 65536", "https://api.bob.dev:65536", "port"],
  ["a padded port", "https://api.bob.dev:08443", "port"],
  ["a port in words", "https://api.bob.dev:https", "port"],
  ["two ports", "https://api.bob.dev:1:2", "port"],
  ["the port that https has", "https://api.bob.dev:443", "port"],
  ["a slash at the end", "https://api.bob.dev/", "path"],
  ["two slashes", "https://api.bob.dev//v1", "path"],
  ["a step up", "https://api.bob.dev/v1/../admin", "path"],
  ["an escaped step up", "https://api.bob.dev/v1/%2e%2e/admin", "path"],
];
for (const [name, url, part] of refused) {
  test(`an endpoint is refused by its ${part}: ${name}`, () => {
    for (const allowsPrivate of [false, true]) assert.equal(endpointProblem(url, allowsPrivate)?.part, part);
  });
}

/** Refused but on a chain that allows private addresses. */
const unreachable: readonly string[] = [
  ...["0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1"],
  ...["172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.19.255.255", "198.51.100.1"],
  ...["203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"],
  ...["[::]", "[::1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[fc00::1]", "[fd12:3456::1]", "[fe80::1]", "[ff02::1]"],
  ...["[2001::1]", "[2001:1ff::1]", "[2001:db8::1]", "[2002:7f00:1::]", "[3fff:fff::1]", "[4000::1]", "[1fff::1]"],
  ...["localhost", "bob", "api.localhost", "bob.local", "vault.internal", "router.home.arpa", "a.test", "b.example"],
  ...["c.invalid", "d.onion", "e.alt"],
];
for (const host of unreachable) {
  test(`the host ${host} is for development chains alone`, () => {
    assert.equal(endpointProblem(`https://${host}`, false)?.part, "host");
    assert.equal(endpointProblem(`http://${host}`, false)?.part, "host");
    for (const scheme of ["http", "https"]) {
      assert.equal(endpointProblem(`${scheme}://${host}:8551/v1`, true), undefined);
    }
  });
}

test("neighbours of private blocks are public", () => {
  for (const host of ["9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0"]) {
    assert.equal(endpointProblem(`https://${host}`, false), undefined, host);
  }
  for (const host of ["[2001:200::1]", "[2003::1]", "[3fff:1000::1]", "[2000::1]", "[3fff:ffff::1]"]) {
    assert.equal(endpointProblem(`https://${host}`, false), undefined, host);
  }
});

test("http is for private hosts, and has its own port", () => {
  assert.equal(endpointProblem("http://8.8.8.8", true)?.part, "scheme");
  assert.equal(endpointProblem("http://127.0.0.1:80", true)?.part, "port");
  assert.equal(endpointProblem("http://127.0.0.1:443", true), undefined);
});

test("what is taken is read by a browser as it stands: the platform's parser gives back the same text", () => {
  const label = fc.stringMatching(/^[a-z0-9-]{1,8}$/);
  const host = fc.oneof(
    fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join(".")),
    fc.array(fc.nat({ max: 300 }), { minLength: 1, maxLength: 5 }).map((parts) => parts.join(".")),
    fc.ipV6().map((text) => `[${text}]`),
  );
  const url = fc
    .tuple(
      host,
      fc.option(fc.nat({ max: 70_000 })),
      fc.array(fc.stringMatching(/^[a-zA-Z0-9._~%-]{0,5}$/), { maxLength: 3 }),
    )
    .map(
      ([name, port, path]) =>
        `https://${name}${port === null ? "" : `:${port}`}${path.map((each) => `/${each}`).join("")}`,
    );
  let seen = 0;
  fc.assert(
    fc.property(url, (text) => {
      if (endpointProblem(text, true) !== undefined) return;
      seen++;
      const { href, username, hash, search } = new URL(text);
      assert.equal(href.replace(/\/$/, ""), text);
      assert.deepEqual([username, hash, search], ["", "", ""]);
    }),
    { seed: 7, numRuns: 3_000 },
  );
  assert.ok(seen > 200, `${seen} were taken`);
});
