// Eight agents and five servers under random kills, hangs, cut pipes and 5xx: every call comes back, nothing happens twice, nothing is left.
import { describe, expect, test } from "vitest";
import { createIo } from "../src/io/index.ts";
import { verifyAudit } from "../src/mcp/index.ts";
import { temporaryFolder } from "../src/mcp/broker.test-support.ts";
import { soak } from "./support/soak.ts";
import { judgeSoak } from "./support/soak-judge.ts";

const LONG = process.env["MASSGEN_LONG"] === "1";
const SEED = Number(process.env["MASSGEN_SOAK_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const MINUTES = Number(process.env["MASSGEN_SOAK_MINUTES"] ?? 10);
/** Ends the short soak; a time would make it mean less on a busy machine. */
const FAULTS = 80;
/** Megabytes, and open files, by the minute once warm; what is native comes in larger pieces. */
const FLAT = { heap: 0.5, buffers: 0.5, native: 2, files: 1 };

describe.skipIf(process.platform === "win32")("the fault soak", () => {
  test(`${LONG ? `${MINUTES} minutes` : `${FAULTS} faults`}: no reply is lost, nothing happens twice, everything heals, nothing is left (REQ-MCP-50, MASSGEN_SOAK_SEED=${SEED})`, async () => {
    const run = await soak({
      seed: SEED,
      folder: temporaryFolder(),
      enough: ({ faults, ms }) => (LONG ? ms > MINUTES * 60_000 : faults >= FAULTS),
    });
    const { calls, faults, table, ...found } = judgeSoak(run);
    console.log(`fault soak, seed ${SEED}\n${table}`);
    expect(found).toEqual({ lost: [], repeated: [], untrue: [], denied: [], neighbour: [], left: [] });
    const { unhealed, unmatched, listeners } = run;
    expect({ unhealed, unmatched, listeners }).toEqual({ unhealed: [], unmatched: [], listeners: 0 });
    expect(run.fds[1]).toBeLessThanOrEqual(run.fds[0]);
    const { ok, complete, entries } = await verifyAudit(createIo().files, run.audit);
    expect({ ok, complete, results: entries.filter(({ what }) => what === "result").length }).toEqual({
      ok: true,
      complete: true,
      results: calls,
    });
    expect(faults).toBeGreaterThanOrEqual(FAULTS);
    if (!LONG) return; // Too short to tell growth from warming up.
    const growing = Object.entries(run.memory.perMinute).filter(([kind, rate]) => rate > FLAT[kind as keyof typeof FLAT]);
    expect(Object.fromEntries(growing), "what grows by the minute").toEqual({});
  });
});
