import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { fakeClock } from "../testing/index.ts";
import { runChild } from "./child.ts";
import { createClock } from "./clock.ts";

const NODE = { command: process.execPath, env: { PATH: process.env["PATH"] }, timeoutMs: 60_000 };
const HANG = "console.log('started'); setInterval(() => undefined, 1000)";

describe("running a helper program", () => {
  test("gives its exit code and the end of what it printed", async () => {
    const end = await runChild(
      { ...NODE, args: ["-e", "console.log('x'.repeat(9000)); console.error('last words'); process.exitCode = 3"] },
      createClock(),
    );
    expect(end).toMatchObject({ reason: "exited", code: 3 });
    expect(end.output.length).toBeLessThanOrEqual(4096);
    expect(end.output).toContain("last words");
  });

  test("a program that does not exist is a value", async () => {
    expect(await runChild({ ...NODE, command: "no-such-program-here", args: [] }, createClock())).toMatchObject({
      reason: "missing",
      code: null,
    });
  });

  test("ends a program that takes too long", async () => {
    const clock = fakeClock();
    const end = runChild({ ...NODE, args: ["-e", HANG] }, clock);
    await clock.advance(60_000);
    expect(await end).toMatchObject({ reason: "timeout", code: null });
  });

  test.skipIf(process.platform === "win32")("does not wait for what a process that left its group holds open", async () => {
    const folder = mkdtempSync(join(tmpdir(), "massgen-child-"));
    const file = join(folder, "pid");
    const left = `require("node:fs").writeFileSync(${JSON.stringify(file)}, String(process.pid)); setInterval(() => undefined, 1000)`;
    const leaver = `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(left)}], { detached: true, stdio: "inherit" }); ${HANG}`;
    const stop = new AbortController();
    const end = runChild({ ...NODE, args: ["-e", leaver], signal: stop.signal }, createClock());
    while (!existsSync(file) || readFileSync(file, "utf8") === "") await new Promise((resolve) => setImmediate(resolve));
    onTestFinished(() => {
      process.kill(Number(readFileSync(file, "utf8")), "SIGKILL");
      rmSync(folder, { recursive: true });
    });
    stop.abort();
    expect(await end).toMatchObject({ reason: "aborted" });
  });

  test("ends it when asked to", async () => {
    const stop = new AbortController();
    const end = runChild({ ...NODE, args: ["-e", HANG], signal: stop.signal }, createClock());
    stop.abort();
    expect(await end).toMatchObject({ reason: "aborted", code: null });
    expect(await runChild({ ...NODE, args: ["-e", HANG], signal: stop.signal }, createClock())).toMatchObject({ reason: "aborted" });
  });
});
