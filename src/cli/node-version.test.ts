import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sentenceForNode } from "./node-version.ts";

describe("the oldest Node", () => {
  test("an older one is told in one sentence, with what to do (REQ-WHOLE-4)", () => {
    for (const version of ["18.20.4", "20.20.2", "22.18.0"]) {
      expect(sentenceForNode(version)).toMatch(
        new RegExp(`^massgen: Node 22\\.19 or newer is needed and this is ${version};[^\\n]+$`, "u"),
      );
    }
    for (const version of ["22.19.0", "24.0.0", "26.1.0"]) expect(sentenceForNode(version)).toBeNull();
  });

  test("it is the one the package names", () => {
    const manifest = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8")) as { engines: { node: string } };
    const named = manifest.engines.node.replace(">=", "");
    expect(sentenceForNode(`${named}.0`)).toBeNull();
    expect(sentenceForNode("22.18.9")).toContain(named);
  });
});
