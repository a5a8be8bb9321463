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
/** Of reachable objects, in megabytes per minute once warm. */
const FLAT = 0.5;
/** Megabytes at the end, when all servers rest. What the system has given rises to a level that depends on the machine, sooner or later by its load. */
const LEVEL = { buffers: 32, resident: 400 };

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
    expect({ unhealed: run.unhealed, unmatched: run.unmatched }).toEqual({ unhealed: [], unmatched: [] });
    const { ok, complete, entries } = await verifyAudit(createIo().files, run.audit);
    expect({ ok, complete, results: entries.filter(({ what }) => what === "result").length }).toEqual({
      ok: true,
      complete: true,
      results: calls,
    });
    expect(faults).toBeGreaterThanOrEqual(FAULTS);
    if (!LONG) return; // Too short to tell growth from warming up.
    expect(run.memory.heapPerMinute).toBeLessThan(FLAT);
    expect(run.memory.buffers[1]).toBeLessThan(LEVEL.buffers);
    expect(run.memory.rss[1]).toBeLessThan(LEVEL.resident);
  });
});
