// What a council of three costs here and in the Python program, on the same scripted server without latency, alternating: processor time, wall time,
// memory, requests.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chatServer, councilScript, type ChatRequest, type ChatScript } from "../src/testing/index.ts";
import { measured, type Used } from "./support/measured-process.ts";
import { median, report } from "./support/report.ts";

const ROUNDS = 5;
const LONGEST_MS = 60_000;
const root = join(import.meta.dirname, "..");
const python = join(root, ".cache/python-massgen/bin/python");
const folder = mkdtempSync(join(tmpdir(), "massgen-bench-python-"));

/** The Python program offers votes for everybody from the start; a sensible agent answers until it has been shown an answer. */
const isBlindThere = ({ messages }: ChatRequest): boolean => JSON.stringify(messages).includes("(no answers available yet)");
const council = councilScript();
const sensible: ChatScript = (request) =>
  isBlindThere(request)
    ? { toolCalls: [{ name: "new_answer", arguments: { content: `This is answer number ${request.number}.` } }] }
    : council(request);
const server = await chatServer(sensible);

/** A key in the file is an error of the Python program, so there it stands in the environment. */
function configuration(name: string, key: Readonly<Record<string, string>>): string {
  const path = join(folder, name);
  const backend = { type: "chatcompletion", model: "scripted", base_url: server.baseUrl, ...key };
  const agents = [1, 2, 3].map((number) => ({ id: `agent${number}`, backend }));
  writeFileSync(path, JSON.stringify({ agents, ui: { display_type: "simple", logging_enabled: true } }));
  return path;
}

/** `RUSAGE_SELF` of the interpreter at its end, by a module that Python imports before anything else. */
const PROBE = `
import atexit, json, os, resource
def _write():
    used = resource.getrusage(resource.RUSAGE_SELF)
    with open(os.environ["BENCH_PROBE_FILE"], "w") as file:
        json.dump({"cpuMs": (used.ru_utime + used.ru_stime) * 1000, "peakRssMb": used.ru_maxrss / 1024}, file)
atexit.register(_write)
`;

async function pythonCouncil(config: string): Promise<Used> {
  const file = join(folder, "used.json");
  writeFileSync(join(folder, "sitecustomize.py"), PROBE);
  rmSync(file, { force: true });
  const started = performance.now();
  const env = { PATH: process.env["PATH"] ?? "", HOME: folder, PYTHONPATH: folder, BENCH_PROBE_FILE: file, OPENAI_API_KEY: "test-key" };
  const child = spawn(python, ["-m", "massgen.cli", "--config", config, "--no-display", "Which one?"], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: LONGEST_MS,
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output.stderr += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  const wallMs = performance.now() - started;
  return { wallMs, code, ...output, ...(JSON.parse(readFileSync(file, "utf8")) as { cpuMs: number; peakRssMb: number }) };
}

type Run = Used & { readonly requests: number };

async function counted(run: () => Promise<Used>): Promise<Run> {
  const before = server.requests.length;
  const used = await run();
  return { ...used, requests: server.requests.length - before };
}

async function alternate(): Promise<{ here: Run[]; there: Run[] }> {
  const [here, there]: [Run[], Run[]] = [[], []];
  const config = configuration("here.json", { api_key: "test-key" });
  const configThere = configuration("there.json", {});
  const ours = (): Promise<Used> =>
    measured([join(root, "dist/cli.js"), "--config", config, "--no-display", "Which one?"], { cwd: folder, env: { HOME: folder } });
  for (let round = -1; round < ROUNDS; round += 1) {
    const pair = [await counted(ours), await counted(() => pythonCouncil(configThere))] as const;
    if (pair[0].code !== 0) throw new Error(`The council failed (${pair[0].code}): ${pair[0].stderr}`);
    if (pair[1].requests === 0) throw new Error(`The Python program asked nothing (${pair[1].code}): ${pair[1].stdout}${pair[1].stderr}`);
    if (round < 0) continue; // The first round compiles and caches on both sides.
    here.push(pair[0]);
    there.push(pair[1]);
  }
  return { here, there };
}

function line(name: string, runs: readonly Run[]): string {
  const of = (key: "wallMs" | "cpuMs" | "peakRssMb" | "requests"): string => median(runs.map((run) => run[key])).toFixed(0);
  return `${name}: CPU ${of("cpuMs")} ms, wall ${of("wallMs")} ms, peak RSS ${of("peakRssMb")} MB, ${of("requests")} requests`;
}

try {
  if (!existsSync(python)) console.log("skipped: the Python MassGen is not installed (npm run setup:python-massgen).");
  else {
    const { here, there } = await alternate();
    console.log(line("this program", here));
    console.log(line("Python MassGen", there));
    const ratios = there.map(({ cpuMs }, index) => cpuMs / (here[index]?.cpuMs ?? Number.NaN));
    report([{ name: "python-cpu", value: median(ratios), unit: "x", bar: 20, atLeast: true }]);
  }
} finally {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}
