// Process trees with real processes: what ends, how fast, and what a killed program leaves for the next one to sweep.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { processRegistry, sweepOrphans } from "./process-registry.ts";
import { processStart } from "./process-table.ts";
import { spawnTree } from "./process-tree.ts";

const env = { PATH: process.env["PATH"] ?? "" };

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), "massgen-tree-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function isRunning(pid: number): boolean {
  return processStart(pid) !== null;
}

async function fileAppears(file: string): Promise<string> {
  while (!existsSync(file) || readFileSync(file, "utf8") === "") await new Promise((resolve) => setTimeout(resolve, 10));
  return readFileSync(file, "utf8");
}

/** A program that ignores the end of its input and, where `stubborn`, SIGTERM too; it writes its pid when it is ready. */
const sleeper = (file: string, stubborn = false): string =>
  `${stubborn ? "process.on('SIGTERM', () => {});" : ""} setInterval(() => {}, 1000); require('node:fs').writeFileSync(${JSON.stringify(file)}, String(process.pid));`;

describe.skipIf(process.platform === "win32")("a tree of processes", () => {
  test("is ended with everything it started, within about two seconds, though it ignores SIGTERM", async () => {
    const dir = folder();
    const [own, detached] = [path.join(dir, "own"), path.join(dir, "detached")];
    const script = `const { spawn } = require('node:child_process');
      spawn(process.execPath, ['-e', ${JSON.stringify(sleeper(own, true))}], { stdio: 'inherit' });
      spawn(process.execPath, ['-e', ${JSON.stringify(sleeper(detached, true))}], { stdio: 'ignore', detached: true }).unref();
      process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);`;
    const tree = await spawnTree({ command: process.execPath, args: ["-e", script], env, cwd: dir });
    const pids = [tree.pid, Number(await fileAppears(own)), Number(await fileAppears(detached))];
    const began = performance.now();
    expect(await tree.end()).toBe(true);
    expect(performance.now() - began).toBeLessThan(4_000);
    expect(pids.filter(isRunning)).toEqual([]);
  });

  test("is ended with what it starts while it is being ended", async () => {
    const dir = folder();
    const [ready, late] = [path.join(dir, "ready"), path.join(dir, "late")];
    const script = `const { spawn } = require('node:child_process');
      process.on('SIGTERM', () => {
        const { pid } = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore', detached: true });
        require('node:fs').writeFileSync(${JSON.stringify(late)}, String(pid));
        process.exit();
      }); ${sleeper(ready)}`;
    const tree = await spawnTree({ command: process.execPath, args: ["-e", script], env, cwd: dir });
    await fileAppears(ready);
    expect(await tree.end(0)).toBe(true);
    expect(isRunning(Number(readFileSync(late, "utf8")))).toBe(false);
  });

  test("leaves by itself when its input ends and it listens", async () => {
    const tree = await spawnTree({
      command: process.execPath,
      args: ["-e", "process.stdin.on('end', () => process.exit(3)).resume()"],
      env,
      cwd: null,
    });
    expect(await tree.end(5_000)).toBe(true);
    expect(await tree.exited).toEqual({ code: 3, signal: null });
  });

  test("whose leader is gone is still ended", async () => {
    const dir = folder();
    const file = path.join(dir, "left");
    const tree = await spawnTree({
      command: "bash",
      args: ["-c", `"$NODE" -e "$PROGRAM" & exit 0`],
      env: { ...env, NODE: process.execPath, PROGRAM: sleeper(file) },
      cwd: dir,
    });
    const left = Number(await fileAppears(file));
    await tree.exited;
    expect(isRunning(left)).toBe(true);
    expect(await tree.end(0)).toBe(true);
    expect(isRunning(left)).toBe(false);
  });

  test("that cannot be started rejects with the system's reason", async () => {
    await expect(spawnTree({ command: "/no/such/file", args: [], env, cwd: null })).rejects.toMatchObject({ code: "ENOENT" });
  });
});

describe.skipIf(process.platform === "win32")("the record of children", () => {
  test("holds pid, start time and a digest of the command with mode 0600, and is gone when the children are", async () => {
    const dir = folder();
    const tree = await spawnTree({
      command: process.execPath,
      args: ["-e", "setInterval(() => {}, 1000)", "secret-argument"],
      env,
      cwd: null,
      registry: processRegistry(dir),
    });
    const file = path.join(dir, "pids", `${process.pid}.json`);
    const text = readFileSync(file, "utf8");
    expect(JSON.parse(text)).toMatchObject({
      v: 1,
      pid: process.pid,
      children: [{ pid: tree.pid, start: processStart(tree.pid), command: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown }],
    });
    expect(text).not.toContain("secret-argument");
    await tree.end(0);
    expect(existsSync(file)).toBe(false);
  });

  test("after kill -9 of the program its children are ended by the next start, and only they (REQ-MCP-14)", async () => {
    const dir = folder();
    const [child, wrapped] = [path.join(dir, "child"), path.join(dir, "wrapped")];
    const io = path.resolve(import.meta.dirname, "index.ts");
    const program = `const { processRegistry, spawnTree } = await import(${JSON.stringify(io)});
      const registry = processRegistry(${JSON.stringify(dir)});
      const env = { PATH: process.env.PATH, NODE: process.execPath, PROGRAM: ${JSON.stringify(sleeper(wrapped, true))} };
      await spawnTree({ command: process.execPath, args: ["-e", ${JSON.stringify(sleeper(child))}], env, cwd: null, registry });
      await spawnTree({ command: "bash", args: ["-c", '"$NODE" -e "$PROGRAM" & exit 0'], env, cwd: null, registry });
      setInterval(() => {}, 1000);`;
    const owner = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: "ignore" });
    const pids = [Number(await fileAppears(child)), Number(await fileAppears(wrapped))];
    expect((await sweepOrphans(dir)).ended).toEqual([]); // Its owner lives.
    const dead = new Promise((resolve) => owner.once("exit", resolve));
    owner.kill("SIGKILL");
    await dead;
    expect(pids.every(isRunning)).toBe(true);
    const report = await sweepOrphans(dir);
    expect(report).toMatchObject({ survivors: [] });
    expect(report.ended).toHaveLength(2);
    expect(pids.filter(isRunning)).toEqual([]);
    expect(readdirSync(path.join(dir, "pids"))).toEqual([]);
  });

  test("never ends a process that merely has a recorded pid", async () => {
    const dir = folder();
    processRegistry(dir).add({ pid: process.pid, marker: "none", command: [] });
    const mine = JSON.parse(readFileSync(path.join(dir, "pids", `${process.pid}.json`), "utf8")) as { children: object[] };
    const stranger = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore", detached: true });
    onTestFinished(() => void stranger.kill("SIGKILL"));
    await new Promise((resolve) => stranger.once("spawn", resolve));
    const record = {
      ...mine,
      pid: 999_999_999,
      start: "long:ago",
      children: [{ pid: stranger.pid, start: "another:time", command: "x", marker: "0123456789abcdef" }],
    };
    writeFileSync(path.join(dir, "pids", "999999999.json"), JSON.stringify(record));
    writeFileSync(path.join(dir, "pids", "999999998.json"), "{ half written");
    expect(await sweepOrphans(dir)).toEqual({ ended: [], survivors: [] });
    expect(isRunning(stranger.pid ?? 0)).toBe(true);
    processRegistry(dir).remove(process.pid);
  });
});
