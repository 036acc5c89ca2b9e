// Builds the React example into the folder that is named, or examples/built; nothing of it is committed.
import { build } from "esbuild";

await build({
  entryPoints: ["examples/react.tsx"], bundle: true, minify: true, format: "esm", jsx: "automatic", target: "es2022",
  alias: { "@coliseum/browser/react": "./dist/react.js" }, define: { "process.env.NODE_ENV": '"development"' },
  outfile: `${process.argv[2] ?? "examples/built"}/react.js`,
});
