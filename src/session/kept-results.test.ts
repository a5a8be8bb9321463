// Results kept whole: without secrets, up to a limit, and never in the way of a run.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createIo } from "../io/index.ts";
import { resultKeeper } from "./kept-results.ts";

function keeper(mostBytes: number) {
  const home = mkdtempSync(join(tmpdir(), "massgen-results-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const keep = resultKeeper({ ...createIo(), env: { MASSGEN_HOME: home } }, ["supersecret"], mostBytes);
  return (text: string) => keep({ server: "s", tool: "../t", text });
}

test("a result is kept without the run's secrets, under a plain name", async () => {
  const path = await keeper(1_000)("the key is supersecret");
  expect(path).toMatch(/results\/[^/]+\/0001-s-_t\.txt$/);
  expect(readFileSync(path ?? "", "utf8")).toBe("the key is [redacted]");
});

test("one that is too large is not kept, and takes no room from those that follow", async () => {
  const keep = keeper(10);
  expect(await keep("x".repeat(11))).toBeNull();
  expect(await keep("123456789")).not.toBeNull();
  expect(await keep("12")).toBeNull();
  expect(await keep("1")).not.toBeNull();
});
