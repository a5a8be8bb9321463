// What stands beside a run's log so that the run can be taken up again: how its configuration is found. Values of secrets are left out.
import { join } from "node:path";
import type { Json } from "../core/index.ts";
import { systemErrorCode, type Io } from "../io/index.ts";
import { createRedactor } from "../log/index.ts";

export const RUN_RECORD_FILE = "run.json";

export type RunRecord = {
  readonly v: 1;
  readonly program: string;
  /** The folder in which the run was started. */
  readonly cwd: string;
  /** How whoever started the run finds its configuration again; null where it did not say. */
  readonly origin: Json;
};

/** Rejects with the system's error. */
export async function writeRunRecord(
  folder: string,
  record: RunRecord,
  { io, secrets }: { readonly io: Pick<Io, "files">; readonly secrets: readonly string[] },
): Promise<void> {
  const text = JSON.stringify(record, null, 2);
  await io.files.replace(join(folder, RUN_RECORD_FILE), `${createRedactor(secrets)?.text(text) ?? text}\n`);
}

/** Null where there is none, or something else. */
export async function readRunRecord(folder: string, io: Pick<Io, "files">): Promise<RunRecord | null> {
  try {
    const value: unknown = JSON.parse(Buffer.from(await io.files.read(join(folder, RUN_RECORD_FILE))).toString("utf8"));
    return isRecord(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError || systemErrorCode(error) === "ENOENT") return null;
    throw error;
  }
}

function isRecord(value: unknown): value is RunRecord {
  return (
    typeof value === "object" &&
    value !== null &&
    "v" in value &&
    value.v === 1 &&
    "origin" in value &&
    "cwd" in value &&
    typeof value.cwd === "string"
  );
}
