// How soon `massgen --help` answers, beside a Node process that does nothing, alternating.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median, report } from "./support/report.ts";

const ROUNDS = 25;
const cli = join(import.meta.dirname, "../dist/cli.js");
const home = mkdtempSync(join(tmpdir(), "massgen-bench-startup-"));
const env = { PATH: process.env["PATH"] ?? "", HOME: home };

function wallMs(args: readonly string[]): number {
  const started = performance.now();
  execFileSync(process.execPath, args, { env, stdio: "ignore" });
  return performance.now() - started;
}

try {
  const nothing: number[] = [];
  const help: number[] = [];
  for (let round = -1; round < ROUNDS; round += 1) {
    const pair = [wallMs(["-e", "0"]), wallMs([cli, "--help"])] as const;
    if (round < 0) continue; // The first round reads the files from the disk.
    nothing.push(pair[0]);
    help.push(pair[1]);
  }
  console.log(`node -e 0: ${median(nothing).toFixed(0)} ms; massgen --help: ${median(help).toFixed(0)} ms`);
  report([{ name: "startup", value: median(help.map((ms, round) => ms / (nothing[round] ?? Number.NaN))), unit: "x", bar: 2.5 }]);
} finally {
  rmSync(home, { recursive: true, force: true });
}
