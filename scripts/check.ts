// `npm run check`: the quick gate before a commit, in under a minute on two cores: types, lint, boundaries, cycles, format, dead code, the public API,
// and every unit test. What `npm test` does beyond it: tests with a free number of cases draw many instead of a few, no two files of tests share
// a world, the program is built, and the end-to-end tests run.
import { runStages, STATIC_STAGES, vitestStage } from "./stages.ts";

/** A few cases of each kind; the core, which nothing may be given from outside, reads its number itself. */
const FEW = { MASSGEN_SHORT: "1", MASSGEN_RUNS: "200" };

// Modules are loaded once for each worker and not once for each file, which costs more than the tests themselves.
await runStages([STATIC_STAGES, vitestStage("unit tests", ["--project", "unit", "--no-isolate", "--silent=passed-only"], FEW)]);
