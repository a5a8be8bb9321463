// `npm run sim -- [--seed N] [--runs M]`: plays seeded runs of the deterministic simulation; a seed that breaks a promise is named and can be played again.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./stages.ts";

const { values } = parseArgs({ options: { seed: { type: "string" }, runs: { type: "string", default: "10000" } } });
const env = { ...process.env, MASSGEN_SIM_RUNS: values.runs, ...(values.seed === undefined ? {} : { MASSGEN_SIM_SEED: values.seed }) };
const vitest = join(root, "node_modules/vitest/vitest.mjs");
const { status } = spawnSync(
  process.execPath,
  [vitest, "run", "--project", "unit", "--testTimeout=3600000", "src/runtime/simulation.test.ts"],
  { cwd: root, stdio: "inherit", env },
);
process.exitCode = status ?? 1;
