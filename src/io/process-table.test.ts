// What a look at the processes of the machine finds, and what it takes.
import { execFileSync, spawn } from "node:child_process";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { processesWithMarker, processTable } from "./process-table.ts";

describe.skipIf(process.platform !== "linux")("the processes of the machine", () => {
  test("are found with their parent and by a marker in their environment, though other variables are no text", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], {
      stdio: "ignore",
      env: { ODD: "Grüße \u{1F600}", MARKER: "yes-it-is" },
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    await new Promise((resolve) => child.once("spawn", resolve));
    expect((await processTable()).find(({ pid }) => pid === child.pid)).toMatchObject({ parent: process.pid, zombie: false });
    expect(processesWithMarker("MARKER", "yes-it-is")).toEqual([child.pid]);
    expect(processesWithMarker("MARKER", "yes")).toEqual([]);
  });

  test("are read without a buffer for each", () => {
    const program = `const { processStart } = await import(${JSON.stringify(path.join(import.meta.dirname, "process-table.ts"))});
      const buffers = () => process.memoryUsage().arrayBuffers;
      processStart(process.pid);
      gc();
      const before = buffers();
      for (let time = 0; time < 50; time += 1) processStart(process.pid);
      console.log(buffers() - before);`;
    // In a process of its own that collects when it is told to: garbage that goes meanwhile would hide what was taken.
    const flags = ["--expose-gc", "--single-threaded-gc", "--input-type=module"];
    expect(Number(execFileSync(process.execPath, [...flags, "-e", program], { encoding: "utf8" }))).toBeLessThanOrEqual(0);
  });
});
