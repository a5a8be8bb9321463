// How long a new process needs until it knows what a long run has come to: reading, checking and folding a log of 100,000 entries.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evolve, initialState, plan, runId, type State } from "../src/core/index.ts";
import { createIo } from "../src/io/index.ts";
import { openFileLog, readLog } from "../src/log/index.ts";
import { longRun } from "./support/long-run.ts";
import { median, report } from "./support/report.ts";

const ENTRIES = 100_000;
const ROUNDS = 5;
const io = createIo();
const folder = mkdtempSync(join(tmpdir(), "massgen-bench-resume-"));

try {
  const log = await openFileLog({ run: runId("20260102030405-0123abcd"), folder, io, secrets: [] });
  for (const event of longRun(ENTRIES)) log.put(event);
  await log.close();
  const reads: number[] = [];
  const folds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    const { entries } = await readLog(folder, io);
    const read = performance.now();
    let state: State = initialState;
    for (const entry of entries) state = evolve(state, entry);
    plan(state);
    reads.push(read - start);
    folds.push(performance.now() - read);
    if (entries.length !== ENTRIES) throw new Error(`${entries.length} entries were read`);
  }
  report([
    { name: "resume-read", value: median(reads), unit: "ms", bar: 2_500 },
    { name: "resume-fold", value: median(folds), unit: "ms", bar: 250 },
  ]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
