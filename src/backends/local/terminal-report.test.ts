import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import type { Io } from "../../io/index.ts";
import { fakeClock } from "../../testing/fake-clock.ts";
import { terminalReport } from "./terminal-report.ts";

type World = {
  readonly io: Pick<Io, "terminal" | "clock" | "env">;
  readonly clock: ReturnType<typeof fakeClock>;
  readonly stdin: PassThrough;
  shown(): string;
};

function terminal(isTTY: boolean): World {
  const stdin = Object.assign(new PassThrough(), { isTTY });
  const stderr = Object.assign(new PassThrough(), { isTTY });
  const clock = fakeClock();
  const io = { terminal: { stdin, stdout: new PassThrough(), stderr }, clock, env: {} };
  return { io, clock, stdin, shown: () => String(stderr.read() ?? "") };
}

describe("REQ-LOCAL-2 the person at the terminal", () => {
  test.each([
    ["\n", 0],
    ["2\n", 1],
    ["9\nx\n3\n", 2],
  ])("typing %j chooses answer %i", async (typed, chosen) => {
    const { io, stdin, shown } = terminal(true);
    const answer = terminalReport(io).choose?.("Which?", ["a", "b", "c"]);
    stdin.write(typed);
    expect(await answer).toBe(chosen);
    expect(shown()).toContain("Which?\n  1) a\n  2) b\n  3) c\n");
  });

  test("the end of input chooses the last answer, which does nothing", async () => {
    const { io, stdin } = terminal(true);
    const answer = terminalReport(io).choose?.("Which?", ["a", "nothing"]);
    stdin.end();
    expect(await answer).toBe(1);
  });

  test("on a terminal a bar with speed and time left is drawn over itself", async () => {
    const { io, clock, shown } = terminal(true);
    const report = terminalReport(io);
    const total = 1_000_000_000;
    report.progress?.({ what: "Model", received: 0, total });
    await clock.advance(2000);
    report.progress?.({ what: "Model", received: total / 2, total });
    expect(shown()).toMatch(/\r\u001B\[KModel  █{12}░{12} 50 % of 1\.0 GB, 250 MB\/s, 2 s left$/);
    report.progress?.({ what: "Model", received: total, total });
    expect(shown()).toBe("\r\u001B[K");
  });

  test("where nothing can be drawn over there is a line now and then, and nobody is asked where nobody sits", () => {
    const piped = terminal(false);
    const quiet = terminalReport(piped.io);
    for (const received of [10, 240, 260, 270, 800, 1000]) quiet.progress?.({ what: "Model", received, total: 1000 });
    quiet.say?.("a line");
    expect(piped.shown()).toBe("Model: 25 % of 0 MB\nModel: 75 % of 0 MB\nModel: 100 % of 0 MB\na line\n");
    expect(quiet.choose).toBeUndefined();
    const reader = terminal(true);
    terminalReport(reader.io, { lines: true }).progress?.({ what: "Model", received: 500, total: 1000 });
    expect(reader.shown()).toBe("Model: 50 % of 0 MB\n");
  });
});
