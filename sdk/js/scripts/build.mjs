// Builds dist/, what the server hands out, and SIZE.txt; with --check only says whether what is committed is
// what the source makes.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const GZIP_MAX = {
  "coliseum.js": 3_000, "coliseum.min.js": 3_000, "live.js": 4_000, "client.js": 8_000, "react.js": 8_000,
  "widgets.js": 15_000, "coliseum-widgets.min.js": 15_000,
  "jumbotron.js": 17_000, "coliseum-jumbotron.min.js": 17_000,
};
const SERVER = "../../src/coliseum/web/ui/static";
/** What pages of other sites embed: served at an address that has a digest of the content in it. */
const EMBEDDED = ["coliseum-widgets", "coliseum-jumbotron"];
const checking = process.argv.includes("--check");
const out = checking ? mkdtempSync(join(tmpdir(), "coliseum-")) : "dist";
const server = checking ? mkdtempSync(join(tmpdir(), "coliseum-")) : SERVER;
mkdirSync(out, { recursive: true });

const common = { bundle: true, target: "es2022", legalComments: "none", format: "esm" };
const small = { ...common, minify: true };
await build({ ...small, target: "es2020", entryPoints: ["src/index.ts"], outfile: join(out, "coliseum.js") });
await build({
  ...small, target: "es2020", entryPoints: ["src/index.ts"], format: "iife", globalName: "coliseum",
  outfile: join(out, "coliseum.min.js"),
});
for (const name of ["live", "client", "react"]) {
  await build({ ...small, entryPoints: [`src/${name}.ts`], external: ["react"], outfile: join(out, `${name}.js`) });
}
await build({ ...small, entryPoints: ["src/widgets/index.ts"], outfile: join(out, "widgets.js") });
await build({
  ...small, entryPoints: ["src/widgets/index.ts"], format: "iife", globalName: "coliseumWidgets",
  define: { "import.meta.url": "undefined" }, outfile: join(out, "coliseum-widgets.min.js"),
});
await build({ ...small, entryPoints: ["src/widgets/jumbotron_define.ts"], outfile: join(out, "jumbotron.js") });
await build({
  ...small, entryPoints: ["src/widgets/jumbotron_define.ts"], format: "iife", globalName: "coliseumJumbotron",
  define: { "import.meta.url": "undefined" }, outfile: join(out, "coliseum-jumbotron.min.js"),
});
const banner = { js: "// Built from sdk/js/src/live.ts by `npm run build` there; edit it there." };
await build({ ...common, banner, entryPoints: ["src/live.ts"], outfile: join(server, "vendor/live.js") });
writeFileSync(join(server, "vendor/jumbotron.js"), readFileSync(join(out, "jumbotron.js")));
mkdirSync(join(server, "embed"), { recursive: true });
for (const name of EMBEDDED) {
  writeFileSync(join(server, "embed", `${name}.js`), readFileSync(join(out, `${name}.min.js`)));
}
execFileSync("node_modules/.bin/tsc", ["--outDir", join(out, "types")]);
for (const [name, source] of Object.entries({
  index: "index", live: "live", client: "client", react: "react", widgets: "widgets/index",
  jumbotron: "widgets/jumbotron_define",
})) {
  writeFileSync(join(out, `${name}.d.ts`), `export * from "./types/src/${source}";\n`);
}

const sizes = Object.entries(GZIP_MAX).map(([name, most]) => {
  const bytes = readFileSync(join(out, name));
  const packed = gzipSync(bytes, { level: 9 }).length;
  if (packed > most) throw new Error(`${name} has ${packed} bytes packed; at most ${most} are allowed`);
  return `${name}: ${bytes.length} bytes, ${packed} with gzip -9\n`;
}).join("");

const readme = readFileSync("README.md", "utf8");
const said = EMBEDDED.reduce((text, name) => {
  const digest = createHash("sha384").update(readFileSync(join(out, `${name}.min.js`))).digest();
  const tag = `<script src="https://coliseum.example/embed/${digest.toString("hex").slice(0, 16)}/${name}.js"
  integrity="sha384-${digest.toString("base64")}" crossorigin="anonymous" defer></script>`;
  return text.replace(new RegExp(`<script src="[^"]*/embed/\\w{16}/${name}\\.js"[^]*?</script>`), tag);
}, readme);

if (!checking) {
  writeFileSync("SIZE.txt", sizes);
  writeFileSync("README.md", said);
} else {
  const files = (folder) => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
    .map((each) => join(each.parentPath ?? each.path, each.name).slice(folder.length + 1)).sort();
  const same = (one, other) => existsSync(other) && readFileSync(one).equals(readFileSync(other));
  const stale = files(out).filter((name) => !same(join(out, name), join("dist", name)));
  const left = files("dist").filter((name) => !existsSync(join(out, name)));
  for (const name of files(server)) if (!same(join(server, name), join(SERVER, name))) stale.push(join(SERVER, name));
  if (readFileSync("SIZE.txt", "utf8") !== sizes) stale.push("SIZE.txt");
  if (said !== readme) stale.push("README.md");
  for (const folder of [out, server]) rmSync(folder, { recursive: true });
  if (stale.length || left.length) {
    console.error(`not what the source makes (${[...stale, ...left].join(", ")}): run \`npm run build\` in sdk/js.`);
    process.exit(1);
  }
}
