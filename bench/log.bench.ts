// What storing costs: time per event with checksums and redaction on, how often it can be done in a second, and bytes per event on the disk.
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runId } from "../src/core/index.ts";
import { createIo } from "../src/io/index.ts";
import { EVENTS_FILE, openFileLog } from "../src/log/index.ts";
import { longRun } from "./support/long-run.ts";
import { median, report } from "./support/report.ts";

const EVENTS = 50_000;
const ROUNDS = 5;
const io = createIo();
const events = [...longRun(EVENTS)];
const rates: number[] = [];
let bytes = 0;

for (let round = 0; round < ROUNDS; round += 1) {
  const folder = mkdtempSync(join(tmpdir(), "massgen-bench-log-"));
  try {
    const log = await openFileLog({
      run: runId("20260102030405-0123abcd"),
      folder,
      io,
      secrets: ["a-secret-of-some-length", "another-secret-value"],
    });
    const start = performance.now();
    for (const event of events) log.put(event);
    await log.close();
    rates.push((EVENTS * 1000) / (performance.now() - start));
    bytes = statSync(join(folder, EVENTS_FILE)).size / EVENTS;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

console.log(`log-rate ${median(rates).toFixed(0)} events/s`);
report([
  { name: "log-bytes", value: bytes, unit: "bytes/event", bar: 500 },
  { name: "log-time", value: 1_000_000 / median(rates), unit: "us/event", bar: 40 },
]);
