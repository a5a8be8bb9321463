// Ordinary users must not be annoyed: no entry people really write is refused by the policy that holds without an operator's file.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { checkServer } from "./check-server.ts";
import { serverOfSketch } from "./sketch.test-support.ts";
import { DEFAULT_POLICY } from "./policy.ts";
import { REAL_ENTRIES } from "./real-entries.test-support.ts";
import type { ServerSketch } from "./types.ts";

const refused = (entries: readonly ServerSketch[]) =>
  entries.flatMap((sketch) => {
    const verdict = checkServer(serverOfSketch(sketch), DEFAULT_POLICY, sketch.context);
    return verdict.verdict === "deny" ? [`${JSON.stringify(sketch.argv ?? sketch.url)}: ${verdict.rule}: ${verdict.reason}`] : [];
  });

describe("REQ-SEC-2 entries people really write", () => {
  test("are all allowed, at most with a warning", () => {
    expect(REAL_ENTRIES.length).toBeGreaterThan(180);
    expect(refused(REAL_ENTRIES)).toEqual([]);
  });

  test("warn for a reason a person can act on, and seldom", () => {
    const verdicts = REAL_ENTRIES.map((sketch) => checkServer(serverOfSketch(sketch)));
    const rules = Object.groupBy(
      verdicts.filter(({ verdict }) => verdict === "warn").flatMap(({ findings }) => findings),
      ({ rule }) => rule,
    );
    expect(Object.keys(rules).sort()).toEqual(["container", "environment-names", "executable-place", "package-pinned", "package-source"]);
    const others = Object.entries(rules).flatMap(([rule, findings]) => (rule === "package-pinned" ? [] : (findings ?? [])));
    expect(others.length / REAL_ENTRIES.length).toBeLessThan(0.1);
  });

  test("are allowed as well where every value of `env` is a reference; only keys of model providers are not", () => {
    const withReferences = REAL_ENTRIES.filter(({ env = {} }) => Object.keys(env).length > 0).map((sketch): ServerSketch => ({
      ...sketch,
      context: { ...sketch.context, references: Object.keys(sketch.env ?? {}).map((variable) => ({ place: "env", variable })) },
    }));
    expect(withReferences.length).toBeGreaterThan(30);
    const lines = refused(withReferences);
    expect(lines.filter((line) => !line.includes("is the key of a model provider"))).toEqual([]);
    expect(lines.length).toBeLessThan(8);
  });

  const corpus = join(process.env["MASSGEN_CORPUS"] ?? join(import.meta.dirname, "../../../shared/data"), "massgen-configs");
  if (!existsSync(corpus)) console.log("skipped: the shipped configurations are not here (set MASSGEN_CORPUS)");
  test.skipIf(!existsSync(corpus))("those of the shipped configurations included", () => {
    const entries = readdirSync(corpus).flatMap((file) => serversIn(parse(readFileSync(join(corpus, file), "utf8"))));
    expect(entries.length).toBeGreaterThanOrEqual(5);
    expect(refused(entries)).toEqual([]);
  });
});

function serversIn(value: unknown): readonly ServerSketch[] {
  if (Array.isArray(value)) return value.flatMap(serversIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "mcp_servers" && typeof inner === "object" && inner !== null
      ? (Object.values(inner) as Written[]).map(sketchOf)
      : serversIn(inner),
  );
}

type Written = { command?: string; args?: string[]; env?: Record<string, string>; url?: string; security?: Record<string, never> };

function sketchOf(entry: Written): ServerSketch {
  const { command = "", args = [], env = {}, url, security = {} } = entry;
  return url === undefined ? { argv: [...command.split(" "), ...args], env, security } : { url, security };
}
