// `npm run bench [name …]`: runs the benchmarks of bench/ one after the other; each prints `name value unit bar pass|fail` as its last line.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./stages.ts";

const all = readdirSync(join(root, "bench"))
  .filter((name) => name.endsWith(".bench.ts"))
  .map((name) => name.slice(0, -".bench.ts".length));
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark named ${unknown.join(", ")}; there are: ${all.join(", ")}.`);
  process.exitCode = 2;
} else {
  for (const name of wanted.length > 0 ? wanted : all) {
    const { status } = spawnSync(process.execPath, [join(root, "bench", `${name}.bench.ts`)], { cwd: root, stdio: "inherit" });
    if (status !== 0) process.exitCode = 1;
  }
}
