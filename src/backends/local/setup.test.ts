import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createIo } from "../../io/index.ts";
import { modelLine, tinyModelNote } from "./describe.ts";
import { modelsFolder, personPath, runtimeFolder } from "./places.ts";
import { RUNTIME_VERSION, startLlama, type LlamaLibrary } from "./runtime.ts";
import { runtimePackages } from "./setup.ts";

let folder = "";
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "massgen-setup-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("setting up the local backend", () => {
  test("models and runtime live in the cache, under MASSGEN_HOME where it is set", () => {
    expect(modelsFolder({ cwd: "/w", env: { HOME: "/h" } })).toBe("/h/.cache/massgen/models");
    expect(modelsFolder({ cwd: "/w", env: { HOME: "/h", XDG_CACHE_HOME: "/x" } })).toBe("/x/massgen/models");
    expect(runtimeFolder({ cwd: "/w", env: { HOME: "/h", XDG_CACHE_HOME: "/x", MASSGEN_HOME: "m" } })).toBe("/w/m/cache/runtime");
    expect(personPath({ cwd: "/w", env: { HOME: "/h" } }, "~/a.gguf")).toBe("/h/a.gguf");
  });

  test("REQ-LOCAL-11: the library and the one binary have the same version; other platforms are told so", () => {
    expect(runtimePackages("linux", "x64")).toEqual([`node-llama-cpp@${RUNTIME_VERSION}`, `@node-llama-cpp/linux-x64@${RUNTIME_VERSION}`]);
    expect(runtimePackages("darwin", "arm64")[1]).toBe(`@node-llama-cpp/mac-arm64-metal@${RUNTIME_VERSION}`);
    expect(() => runtimePackages("aix", "ppc64")).toThrow("no ready-made local runtime for aix ppc64");
  });

  test("REQ-LOCAL-11: a missing binary is said plainly", async () => {
    class NoBinaryFoundError extends Error {}
    const library = {
      getLlama: () => Promise.reject(new NoBinaryFoundError("long technical text")),
      NoBinaryFoundError,
      LlamaLogLevel: { disabled: "disabled" },
    };
    const starting = startLlama(library as unknown as LlamaLibrary, { ...createIo(), platform: "linux" });
    await expect(starting).rejects.toMatchObject({
      code: "E_LOCAL_RUNTIME",
      message: expect.stringMatching(/no ready-made binary of node-llama-cpp for linux/),
      next: "Run `massgen local setup`.",
    });
  });

  test("REQ-LOCAL-10: larger models are taken at their word", () => {
    const large = { path: "/m", title: "Some Model", parameters: 1.54e9, bytes: 1.117e9, tiny: false };
    expect(modelLine(large)).toBe("Some Model, 1.5 billion parameters, 1.1 GB, on this machine");
    expect(tinyModelNote(large)).toBeNull();
  });
});
