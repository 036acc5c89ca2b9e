// Builds dist/ and SIZE.txt; with --check only says whether what is committed is what the source makes.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const GZIP_MAX = 3_000;
const checking = process.argv.includes("--check");
const out = checking ? mkdtempSync(join(tmpdir(), "coliseum-")) : "dist";
mkdirSync(out, { recursive: true });
const common = { entryPoints: ["src/index.ts"], bundle: true, minify: true, target: "es2020", legalComments: "none" };
await build({ ...common, format: "esm", outfile: join(out, "coliseum.js") });
await build({ ...common, format: "iife", globalName: "coliseum", outfile: join(out, "coliseum.min.js") });
execFileSync("node_modules/.bin/tsc", ["--outDir", join(out, "types")]);
writeFileSync(join(out, "index.d.ts"), 'export * from "./types/src/index";\n');

const sizes = ["coliseum.js", "coliseum.min.js"].map((name) => {
  const bytes = readFileSync(join(out, name));
  const packed = gzipSync(bytes, { level: 9 }).length;
  if (packed > GZIP_MAX) throw new Error(`${name} has ${packed} bytes packed; at most ${GZIP_MAX} are allowed`);
  return `${name}: ${bytes.length} bytes, ${packed} with gzip -9\n`;
});
if (!checking) {
  writeFileSync("SIZE.txt", sizes.join(""));
} else {
  const files = (folder) => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
    .map((each) => join(each.parentPath ?? each.path, each.name).slice(folder.length + 1)).sort();
  const stale = files(out).filter((name) => !existsSync(join("dist", name)) || !readFileSync(join(out, name)).equals(readFileSync(join("dist", name))));
  const left = files("dist").filter((name) => !existsSync(join(out, name)));
  rmSync(out, { recursive: true });
  if (stale.length || left.length || readFileSync("SIZE.txt", "utf8") !== sizes.join("")) {
    console.error(`dist/ is stale (${[...stale, ...left].join(", ") || "SIZE.txt"}): run \`npm run build\` in sdk/js.`);
    process.exit(1);
  }
}
