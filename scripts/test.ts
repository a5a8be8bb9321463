// `npm test`: everything of `npm run check`, then the end-to-end tests; `--long` runs the full counts of the property tests and soaks.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root, runStages, STATIC_STAGES, vitestStage } from "./stages.ts";

const env: Record<string, string> = process.argv.includes("--long") ? { MASSGEN_LONG: "1" } : { MASSGEN_SIM_RUNS: "10000" };
// The builder of the site is no dependency of the program: where `npm run site` never ran, its dead links are not looked for.
const hasSite = existsSync(join(root, "site/node_modules"));
if (!hasSite) console.log("skipped: the site of the guides is not built, because its packages are not installed (`npm run site`).");
await runStages([
  STATIC_STAGES,
  { name: "build", command: [process.execPath, "scripts/build.ts"] },
  vitestStage("unit tests", ["--project", "unit"], env),
  ...(hasSite ? [{ name: "site", command: [process.execPath, "scripts/site.ts"] as const }] : []),
  vitestStage("end-to-end tests", ["--project", "e2e"], env),
]);
