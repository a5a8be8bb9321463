// Runs the workshop's stages one after the other and counts them; shared by `npm run check` and `npm test`.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

export type Tally = { passed: number; failed: number; skipped: number };
export type Stage = {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly vitest?: boolean;
  readonly env?: Readonly<Record<string, string>>;
};

const bin = (name: string): string => join(root, "node_modules/.bin", name);

/** The stages that look at the code without running it. */
export const STATIC_STAGES: readonly Stage[] = [
  { name: "types", command: [bin("tsc"), "-p", "tsconfig.json"] },
  { name: "lint rules are current", command: [process.execPath, "scripts/oxlint-config.ts", "--check"] },
  { name: "lint, boundaries, cycles", command: [bin("oxlint"), "--deny-warnings"] },
  { name: "format", command: [bin("oxfmt"), "--check"] },
  { name: "dead code", command: [bin("knip"), "--no-progress"] },
  { name: "public API", command: [process.execPath, "scripts/api.ts", "--check"] },
];

export const vitestStage = (name: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Stage => ({
  name,
  command: [bin("vitest"), "run", ...args],
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

function runStage(stage: Stage): Tally {
  const report = join(root, ".cache", "vitest-report.json");
  mkdirSync(dirname(report), { recursive: true });
  rmSync(report, { force: true });
  const [command, ...args] = stage.command;
  const extra = stage.vitest ? ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`] : [];
  const started = performance.now();
  const { status, error } = spawnSync(command, [...args, ...extra], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...stage.env },
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const ok = status === 0;
  process.stdout.write(`${ok ? "ok  " : "FAIL"} ${stage.name} (${seconds} s)${error === undefined ? "" : ` ${error.message}`}\n`);
  if (!stage.vitest) return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
  return tallyOf(report, ok);
}

function tallyOf(report: string, ok: boolean): Tally {
  try {
    const found = JSON.parse(readFileSync(report, "utf8")) as VitestReport;
    // A suite that cannot even be loaded has no test to count, yet must fail the run.
    const failed = found.numFailedTests > 0 ? found.numFailedTests : ok ? 0 : Math.max(1, found.numFailedTestSuites);
    return { passed: found.numPassedTests, failed, skipped: found.numPendingTests + found.numTodoTests };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/** Runs all stages, prints `N passed, N failed` as the last line and sets the exit code. */
export function runStages(stages: readonly Stage[]): void {
  const total: Tally = { passed: 0, failed: 0, skipped: 0 };
  for (const stage of stages) {
    const tally = runStage(stage);
    total.passed += tally.passed;
    total.failed += tally.failed;
    total.skipped += tally.skipped;
  }
  process.stdout.write(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ""}\n`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}
