// Checks and bundles node/explorer/web into dist/node/explorer/web: hashed names, packed beside, licences of what is inside.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const require = createRequire(import.meta.url);
const WEB = "node/explorer/web";
const OUT = join("dist", WEB);

/**
 * Messages of CometBFT that cosmjs-types loads with those of staking, for fields that no answer to the page has: 17 kB packed.
 * One that reads them all the same fails by name.
 */
const leftOut = {
  name: "left out",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/tendermint\/(abci|types)\/types$/ }, ({ path }) => ({ path, namespace: "left-out" }));
    onLoad({ filter: /.*/, namespace: "left-out" }, ({ path }) => ({
      contents: `module.exports = new Proxy({}, { get() { throw new Error(${JSON.stringify(`${path} is left out of the page`)}); } });`,
    }));
  },
};

/** The licence of every package that is bundled: their texts ask for it. */
function licences(inputs) {
  const packages = new Set(
    Object.keys(inputs).flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []),
  );
  const texts = [...packages].sort().map((name) => {
    const folder = join("node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? license : readFileSync(join(folder, file), "utf8").trim();
    return `${name} ${version}\n\n${text}\n`;
  });
  return texts.join(`\n${"-".repeat(80)}\n\n`);
}

export async function buildExplorer() {
  execFileSync(process.execPath, [require.resolve("typescript/bin/tsc"), "-p", WEB], { stdio: "inherit" });
  const { outputFiles, metafile } = await build({
    entryPoints: [join(WEB, "main.tsx")],
    outdir: join(OUT, "assets"),
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    plugins: [leftOut],
    alias: { long: require.resolve("long") }, // protobufjs asks for the form that it resolves to, others for the other one.
    jsx: "automatic",
    jsxImportSource: "preact",
    minify: true,
    legalComments: "none",
    metafile: true,
    write: false,
    logLevel: "warning",
  });
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(join(OUT, "assets"), { recursive: true });
  const files = outputFiles.map(({ path, contents }) => [join("assets", basename(path)), contents]);
  files.push(["licences.txt", Buffer.from(licences(metafile.inputs))]);
  files.push(["icon.svg", readFileSync(join(WEB, "icon.svg"))]);
  for (const [name, bytes] of files) {
    writeFileSync(join(OUT, name), bytes);
    writeFileSync(join(OUT, `${name}.gz`), gzipSync(bytes, { level: 9 }));
  }
  const asset = (ending) => files.find(([name]) => basename(name).startsWith("main-") && name.endsWith(ending))[0];
  const html = readFileSync(join(WEB, "index.html"), "utf8");
  writeFileSync(
    join(OUT, "index.html"),
    html.replace("main.css", `/${asset(".css")}`).replace("main.js", `/${asset(".js")}`),
  );
}
