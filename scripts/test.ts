// `npm test`: everything of `npm run check`, then the end-to-end tests; `--long` runs the full counts of the property tests and soaks.
import { runStages, STATIC_STAGES, vitestStage } from "./stages.ts";

const env: Record<string, string> = process.argv.includes("--long") ? { MASSGEN_LONG: "1" } : { MASSGEN_SIM_RUNS: "10000" };
runStages([
  ...STATIC_STAGES,
  { name: "build", command: [process.execPath, "scripts/build.ts"] },
  vitestStage("unit tests", ["--project", "unit"], env),
  vitestStage("end-to-end tests", ["--project", "e2e"], env),
]);
