import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import type { Terminal } from "../../io/index.ts";
import { terminalReport } from "./terminal-report.ts";

function terminal(isTTY: boolean): { readonly io: { readonly terminal: Terminal }; readonly stdin: PassThrough; shown(): string } {
  const stdin = Object.assign(new PassThrough(), { isTTY });
  const stderr = Object.assign(new PassThrough(), { isTTY });
  return { io: { terminal: { stdin, stdout: new PassThrough(), stderr } }, stdin, shown: () => String(stderr.read() ?? "") };
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

  test("progress is drawn over itself on a terminal only, and nobody is asked where nobody sits", () => {
    const live = terminal(true);
    const report = terminalReport(live.io);
    for (const received of [10, 11, 500, 1000]) report.progress?.({ what: "Model", received, total: 1000 });
    expect(live.shown()).toContain("Model: 50 % of 0 MB");
    const piped = terminal(false);
    const quiet = terminalReport(piped.io);
    quiet.progress?.({ what: "Model", received: 500, total: 1000 });
    quiet.say?.("a line");
    expect(piped.shown()).toBe("a line\n");
    expect(quiet.choose).toBeUndefined();
  });
});
