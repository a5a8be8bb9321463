// Runs a Node process and says what it used: wall time, processor time of itself alone, peak memory.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Used = {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakRssMb: number;
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

const PROBE = `
import { writeFileSync } from "node:fs";
process.on("exit", () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  writeFileSync(process.env.BENCH_PROBE_FILE, JSON.stringify({ cpuMs: (userCPUTime + systemCPUTime) / 1000, peakRssMb: maxRSS / 1024 }));
});
`;

export async function measured(
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<Used> {
  const folder = mkdtempSync(join(tmpdir(), "massgen-bench-"));
  try {
    const probe = join(folder, "probe.mjs");
    const file = join(folder, "used.json");
    writeFileSync(probe, PROBE);
    const started = performance.now();
    const output = { stdout: "", stderr: "" };
    const env = { PATH: process.env["PATH"] ?? "", HOME: folder, ...options.env, BENCH_PROBE_FILE: file };
    const child = spawn(process.execPath, ["--import", probe, ...args], { cwd: options.cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.on("data", (chunk: Buffer) => (output.stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output.stderr += chunk.toString()));
    const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
    const wallMs = performance.now() - started;
    const used = JSON.parse(readFileSync(file, "utf8")) as { cpuMs: number; peakRssMb: number };
    return { wallMs, code, ...output, ...used };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
