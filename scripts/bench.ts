// `npm run bench -- [name …] [--option …]`: runs the benchmarks of bench/ one after the other; each prints `name value unit bar pass|fail`
// as its last line. Options go to the benchmarks that were named.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./stages.ts";

const all = readdirSync(join(root, "bench"))
  .filter((name) => name.endsWith(".bench.ts"))
  .map((name) => name.slice(0, -".bench.ts".length));
const given = process.argv.slice(2);
const firstOption = given.findIndex((word) => word.startsWith("--"));
const wanted = firstOption < 0 ? given : given.slice(0, firstOption);
const options = firstOption < 0 ? [] : given.slice(firstOption);
const unknown = wanted.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark named ${unknown.join(", ")}; there are: ${all.join(", ")}.`);
  process.exitCode = 2;
} else {
  for (const name of wanted.length > 0 ? wanted : all) {
    const { status } = spawnSync(process.execPath, [join(root, "bench", `${name}.bench.ts`), ...options], { cwd: root, stdio: "inherit" });
    if (status !== 0) process.exitCode = 1;
  }
}
