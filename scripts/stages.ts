// Runs the workshop's stages and counts them; shared by `npm run check` and `npm test`.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

type Tally = { readonly passed: number; readonly failed: number; readonly skipped: number };
export type Stage = {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly vitest?: boolean;
  readonly env?: Readonly<Record<string, string>>;
};

const bin = (name: string): string => join(root, "node_modules/.bin", name);
const REPORT = join(root, ".cache/vitest-report.json");

/** The stages that look at the code without running it. None needs another, so they run side by side. */
export const STATIC_STAGES: readonly Stage[] = [
  { name: "types", command: [bin("tsc"), "-p", "tsconfig.json"] },
  { name: "lint, boundaries, cycles", command: [bin("oxlint"), "--deny-warnings"] },
  { name: "lint rules are current", command: [process.execPath, "scripts/oxlint-config.ts", "--check"] },
  { name: "format", command: [bin("oxfmt"), "--check"] },
  { name: "dead code", command: [bin("knip"), "--no-progress", "--cache", "--cache-location", ".cache/knip"] },
  { name: "public API", command: [process.execPath, "scripts/api.ts", "--check"] },
];

export const vitestStage = (name: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Stage => ({
  name,
  command: [bin("vitest"), "run", ...args, "--reporter=default", "--reporter=json", `--outputFile.json=${REPORT}`],
  vitest: true,
  env,
});

type VitestReport = {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  numFailedTestSuites: number;
};

type Ended = { readonly status: number | null; readonly output: string };

/** A stage alone writes as it goes; of stages side by side each writes when it has ended, so that their lines do not mix. */
function run({ command: [program, ...args], env }: Stage, alone: boolean): Promise<Ended> {
  const child = spawn(program, args, {
    cwd: root,
    stdio: ["ignore", alone ? "inherit" : "pipe", alone ? "inherit" : "pipe"],
    env: { ...process.env, ...env },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ status: null, output: `${error.message}\n` }));
    child.once("close", (status) => resolve({ status, output }));
  });
}

async function runStage(stage: Stage, alone: boolean): Promise<Tally> {
  mkdirSync(dirname(REPORT), { recursive: true });
  if (stage.vitest) rmSync(REPORT, { force: true });
  const started = performance.now();
  const { status, output } = await run(stage, alone);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const ok = status === 0;
  process.stdout.write(`${output}${ok ? "ok  " : "FAIL"} ${stage.name} (${seconds} s)\n`);
  if (!stage.vitest) return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
  return tallyOf(ok);
}

function tallyOf(ok: boolean): Tally {
  try {
    const found = JSON.parse(readFileSync(REPORT, "utf8")) as VitestReport;
    // A suite that cannot even be loaded has no test to count, yet must fail the run.
    const failed = found.numFailedTests > 0 ? found.numFailedTests : ok ? 0 : Math.max(1, found.numFailedTestSuites);
    return { passed: found.numPassedTests, failed, skipped: found.numPendingTests + found.numTodoTests };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/** Runs all stages, those of a list side by side, prints `N passed, N failed` as the last line and sets the exit code. */
export async function runStages(stages: readonly (Stage | readonly Stage[])[]): Promise<void> {
  const tallies: Tally[] = [];
  for (const step of stages) {
    const group = "command" in step ? [step] : step;
    tallies.push(...(await Promise.all(group.map((stage) => runStage(stage, group.length === 1)))));
  }
  const sum = (key: keyof Tally): number => tallies.reduce((total, tally) => total + tally[key], 0);
  const skipped = sum("skipped") > 0 ? `, ${sum("skipped")} skipped` : "";
  process.stdout.write(`${sum("passed")} passed, ${sum("failed")} failed${skipped}\n`);
  process.exitCode = sum("failed") > 0 ? 1 : 0;
}
