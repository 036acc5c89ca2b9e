// Copies what the pages use of other packages, as published, into the Python package, with their licences.
// With --check only says whether what is committed is what the locked packages hold.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const TARGET = "../src/coliseum/web/ui/static/vendor";
const FONTS = { cinzel: "Cinzel Variable", newsreader: "Newsreader Variable" };
const SUBSETS = ["latin", "latin-ext"];
const packed = (...path) => readFileSync(join("node_modules", ...path));

const files = new Map([
  ["htmx.min.js", packed("htmx.org", "dist", "htmx.min.js")],
]);
let faces = "";
for (const [name, family] of Object.entries(FONTS)) {
  const rules = packed("@fontsource-variable", name, "index.css").toString().split("@font-face").slice(1);
  for (const subset of SUBSETS) {
    const file = `${name}-${subset}-wght-normal.woff2`;
    const rule = rules.find((each) => each.includes(`files/${file}`));
    if (!rule || !rule.includes(`'${family}'`)) throw new Error(`${name} has no subset ${subset}`);
    faces += `@font-face${rule.slice(0, rule.indexOf("}") + 1).replace("./files/", "fonts/")}\n`;
    files.set(`fonts/${file}`, packed("@fontsource-variable", name, "files", file));
  }
}
files.set("fonts.css", Buffer.from(faces));
const packages = ["htmx.org", ...Object.keys(FONTS).map((name) => `@fontsource-variable/${name}`)];
files.set("LICENSES.txt", Buffer.from(packages.map((name) => {
  const { version } = JSON.parse(packed(name, "package.json"));
  return `${name} ${version}\n\n${packed(name, "LICENSE").toString().trim()}\n`;
}).join(`\n${"-".repeat(80)}\n\n`)));

const stale = [...files].filter(([name, bytes]) => {
  const path = join(TARGET, name);
  return !existsSync(path) || !readFileSync(path).equals(bytes);
});
if (!process.argv.includes("--check")) {
  for (const [name, bytes] of stale) {
    mkdirSync(dirname(join(TARGET, name)), { recursive: true });
    writeFileSync(join(TARGET, name), bytes);
  }
} else if (stale.length) {
  console.error(`stale: ${stale.map(([name]) => name).join(", ")}. Run \`npm run build\` in frontend.`);
  process.exit(1);
}
