// `npm run check`: types, lint, boundaries, cycles, format, dead code and the unit tests, in under a minute.
import { runStages, STATIC_STAGES, vitestStage } from "./stages.ts";

runStages([...STATIC_STAGES, vitestStage("unit tests", ["--project", "unit"])]);
