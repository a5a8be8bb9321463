// The official conformance suite as functions: which client scenarios there are, running one of them against our client, and the verdict.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { root } from "./stages.ts";

/** `requirements`: the frozen set of a protocol revision; null = every client scenario of that release of the suite. */
export type SuiteSet = { readonly name: string; readonly package: string; readonly requirements: string | null };
export const SETS: readonly SuiteSet[] = [
  { name: "0.2.0-alpha.12, 2026-07-28", package: "mcp-conformance-next", requirements: "2026-07-28" },
  { name: "0.2.0-alpha.12, 2025-11-25", package: "mcp-conformance-next", requirements: "2025-11-25" },
  { name: "0.1.16", package: "@modelcontextprotocol/conformance", requirements: null },
];

export type Scenario = {
  readonly set: SuiteSet;
  readonly name: string;
  /** False: run and reported by the suite, never counted. */ readonly scored: boolean;
};
export type Check = { readonly id: string; readonly status: string; readonly errorMessage?: string };
export type Verdict = {
  readonly scenario: Scenario;
  readonly exitCode: number | null;
  readonly passed: number;
  readonly failed: readonly Check[];
  readonly output: string;
  readonly seconds: number;
};

/**
 * Its fixture publishes an issuer other than the address it was found at, which RFC 8414 forbids to accept; the newer release of the
 * suite no longer does so. An exception that passes is stale and counts as a failure.
 */
export const EXCEPTIONS: readonly { readonly set: string; readonly scenario: string }[] = [
  { set: "0.1.16", scenario: "auth/2025-03-26-oauth-metadata-backcompat" },
];

const isException = ({ set, name }: Scenario): boolean =>
  EXCEPTIONS.some((exception) => exception.set === set.name && exception.scenario === name);

function suiteFile(set: SuiteSet): string {
  return path.join(path.dirname(createRequire(import.meta.url).resolve(`${set.package}/package.json`)), "dist/index.js");
}

/** As the suite itself lists them. */
export function listScenarios(set: SuiteSet): readonly Scenario[] {
  const args = [suiteFile(set), "list", "--client", ...(set.requirements === null ? [] : ["--requirements", set.requirements])];
  const { stdout, status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`The suite's scenarios cannot be listed: ${stderr}`);
  const [required = "", unscored = ""] = stdout.slice(stdout.indexOf("Client scenarios")).split("Run and reported, but never scored:");
  const scored = Array.from(required.matchAll(/^ {2}- (\S+)/gm), ([, name = ""]) => ({ set, name, scored: true }));
  const reported = Array.from(unscored.matchAll(/^ {4}- (\S+) \[client\]/gm), ([, name = ""]) => ({ set, name, scored: false }));
  return [...scored, ...reported];
}

/** Bundles the client once, so that each of a hundred starts is quick. */
export async function buildClient(): Promise<{ readonly file: string; remove(): void }> {
  const folder = mkdtempSync(path.join(root, "node_modules", ".conformance-"));
  const file = path.join(folder, "client.mjs");
  await build({
    entryPoints: [path.join(root, "test/servers/conformance-client.ts")],
    outfile: file,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node22",
    packages: "external",
    logLevel: "error",
    define: { "process.env.NODE_ENV": '"production"' },
  });
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Runs one scenario; the suite starts the client itself, through a shell, hence no spaces in paths. */
export async function runScenario(scenario: Scenario, client: string): Promise<Verdict> {
  const folder = mkdtempSync(path.join(tmpdir(), "massgen-suite-"));
  const began = performance.now();
  const revision = scenario.set.requirements === null ? [] : ["--spec-version", scenario.set.requirements, "--force"];
  const args = [
    suiteFile(scenario.set),
    "client",
    "--command",
    `${process.execPath} ${client}`,
    "--scenario",
    scenario.name,
    "--timeout",
    "60000",
    "-o",
    folder,
    ...revision,
  ];
  try {
    const { exitCode, output } = await run(args);
    const checks = readChecks(folder);
    const failed = checks.filter(({ status }) => status === "FAILURE" || status === "WARNING");
    return {
      scenario,
      exitCode,
      failed,
      passed: checks.filter(({ status }) => status === "SUCCESS").length,
      output,
      seconds: (performance.now() - began) / 1000,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(args: readonly string[]): Promise<{ readonly exitCode: number | null; readonly output: string }> {
  const child = spawn(process.execPath, [...args], { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NODE_NO_WARNINGS: "1" } });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
  return new Promise((resolve) => child.on("close", (exitCode) => resolve({ exitCode, output })));
}

function readChecks(folder: string): readonly Check[] {
  const file = readdirSync(folder, { recursive: true, encoding: "utf8" }).find((name) => path.basename(name) === "checks.json");
  return file === undefined ? [] : (JSON.parse(readFileSync(path.join(folder, file), "utf8")) as Check[]);
}

/** Why the verdict is not what it must be; null where it is. */
export function problemOf({ scenario, exitCode, failed, passed, output }: Verdict): string | null {
  const good = exitCode === 0 && failed.length === 0 && passed > 0;
  if (isException(scenario)) return good ? "the exception for this scenario is stale: it passes" : null;
  if (good) return null;
  return [
    `exit code ${String(exitCode)}, ${passed} checks passed`,
    ...failed.map(({ id, errorMessage }) => `${id}: ${errorMessage ?? "failed"}`),
    output.slice(-1_500),
  ].join("\n");
}

/** At most `limit` at a time, in order. */
export async function runAll(
  scenarios: readonly Scenario[],
  { client, limit, told }: { readonly client: string; readonly limit: number; readonly told: (verdict: Verdict) => void },
): Promise<void> {
  const waiting = [...scenarios];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) told(await runScenario(next, client));
  };
  await Promise.all(Array.from({ length: limit }, worker));
}
