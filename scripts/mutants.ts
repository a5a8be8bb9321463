// `npm run mutants [-- --only REQ-COORD-7]`: puts each mistake of the list into a copy of the core and runs the core's tests on it.
// Fails where a mistake survives, or where its place is not found exactly once. The work tree is never touched.
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { MUTANTS, type Mutant } from "./mutants-list.ts";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const CORE = join("src", "core");
const PROCESSES = 2;
/** A mistake that makes the tests run for ever is noticed too. */
const TIMEOUT_MS = 120_000;
/** Small counts and one seed: the same mistakes are found in every run. */
const ENV = { ...process.env, MASSGEN_RUNS: "300", MASSGEN_SEED: "42", MASSGEN_QUICK: "1" };

type Verdict = "killed" | "timed out" | "survived" | "not found exactly once";

const CONFIG = `export default { test: { include: ["src/core/**/*.test.ts"], exclude: ["**/mutants-list.test.ts"], pool: "threads", maxWorkers: 1, bail: 1, testTimeout: ${TIMEOUT_MS} } };\n`;

function makeCopy(): string {
  const folder = mkdtempSync(join(tmpdir(), "massgen-mutants-"));
  cpSync(join(ROOT, CORE), join(folder, CORE), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"), "dir");
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
  writeFileSync(join(folder, "vitest.config.mjs"), CONFIG);
  return folder;
}

/** Resolves to the exit code of the core's tests in that copy; null where they had to be ended. */
function runTests(folder: string): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const vitest = join(ROOT, "node_modules", "vitest", "vitest.mjs");
    const child = spawn(process.execPath, [vitest, "run", "--root", folder], { cwd: folder, env: ENV, stdio: "ignore" });
    const timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
    child.once("error", reject);
    child.once("exit", (code) => {
      clearTimeout(timer);
      resolve(code);
    });
  });
}

async function tryMutant(folder: string, { file, find, replace }: Mutant): Promise<Verdict> {
  const path = join(folder, CORE, file);
  const original = readFileSync(path, "utf8");
  if (original.split(find).length !== 2) return "not found exactly once";
  // a function, so that `$` in the replacement means itself
  writeFileSync(
    path,
    original.replace(find, () => replace),
  );
  try {
    const code = await runTests(folder);
    return code === null ? "timed out" : code === 0 ? "survived" : "killed";
  } finally {
    writeFileSync(path, original);
  }
}

async function work(folder: string, queue: Mutant[], report: (mutant: Mutant, verdict: Verdict) => void): Promise<void> {
  for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) report(mutant, await tryMutant(folder, mutant));
}

async function main(): Promise<void> {
  const at = process.argv.indexOf("--only");
  const only = at < 0 ? "" : (process.argv[at + 1] ?? "");
  const chosen = MUTANTS.filter(({ rule }) => rule === only || rule.startsWith(only === "" || only.includes(".") ? only : `${only}.`));
  if (chosen.length === 0) throw new Error(`No mutant breaks ${only}`);
  const folders = Array.from({ length: Math.min(PROCESSES, chosen.length) }, makeCopy);
  const wrong: string[] = [];
  try {
    if ((await runTests(folders[0] ?? "")) !== 0) throw new Error("The core's own tests fail; mutants can say nothing.");
    const queue = [...chosen];
    await Promise.all(
      folders.map((folder) =>
        work(folder, queue, (mutant, verdict) => {
          const line = `${verdict.padEnd(10)} ${mutant.rule.padEnd(15)} ${mutant.file}: ${JSON.stringify(mutant.find)} → ${JSON.stringify(mutant.replace)}`;
          if (verdict !== "killed" && verdict !== "timed out") wrong.push(line);
          process.stdout.write(`${line}\n`);
        }),
      ),
    );
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
  for (const line of wrong) process.stdout.write(`WRONG ${line}\n`);
  process.stdout.write(`${chosen.length - wrong.length} of ${chosen.length} mutants killed\n`);
  process.exitCode = wrong.length === 0 ? 0 : 1;
}

await main();
