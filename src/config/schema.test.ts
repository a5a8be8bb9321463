import { Ajv2020 } from "ajv/dist/2020.js";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { describe, expect, test } from "vitest";
import { backendWith, read, serverWith } from "./config.test-support.ts";
import { BACKEND_TABLE, configSchema } from "./index.ts";

const validate = new Ajv2020({ strict: false, allErrors: true }).compile(configSchema());
const accepts = (text: string): boolean => validate(parse(text, { merge: true }));

describe("the published JSON Schema (REQ-CONFIG-22)", () => {
  test("is plain JSON, with a description for every key of the sections", () => {
    const schema = JSON.parse(JSON.stringify(configSchema())) as {
      properties: Record<string, { properties?: Record<string, { description?: string }> }>;
    };
    expect(schema).toEqual(configSchema());
    for (const section of ["ui", "timeout_settings", "orchestrator", "budget"]) {
      for (const [key, field] of Object.entries(schema.properties[section]?.properties ?? {}))
        expect([section, key, field.description]).not.toContain(undefined);
    }
    expect(JSON.stringify(schema)).toContain('"default":1800');
  });

  test("knows every backend type", () => {
    for (const type of Object.keys(BACKEND_TABLE)) expect(accepts(`agent: {backend: {type: ${type}}}`)).toBe(true);
    expect(accepts("agent: {backend: {type: nobody}}")).toBe(false);
  });

  test.each([
    ["agents as a list", "agents: [{backend: {model: gpt-5}}, {id: b, backend: {type: gemini}}]"],
    ["agents as a map", "agents: {a: {backend: {type: gemini}}}"],
    ["empty sections", "agent: {backend: {type: gemini}}\nui:\nbudget:\n"],
    ["former spellings", "agent: {backend: {type: gemini, use_multi_mcp: true}}\ndisplay: {type: simple}"],
    ["a list of servers", backendWith("mcp_servers: [{name: a, command: [x, y], args: [-p, 8080], env: {A: 1}}]")],
    [
      "a map of servers",
      serverWith("url: https://x.example", "shared: false", "restart: {max: 0}", "breaker: {max_failures: 3}", "allowed_tools: one"),
    ],
    ["limits", "agent: {backend: {type: gemini}, budget: {max_tokens: 5}}\ntimeout_settings: {turn_timeout_seconds: 1.5}"],
  ])("accepts %s, as loading does", async (_, text) => {
    expect((await read(text)).config).not.toBeNull();
    expect(accepts(text), JSON.stringify(validate.errors)).toBe(true);
  });

  test.each([
    ["no agent", "ui: {}"],
    ["an empty list of agents", "agents: []"],
    ["an agent without a backend", "agent: {id: a}"],
    ["a misspelt key", backendWith("temprature: 1")],
    ["a temperature of nine", backendWith("temperature: 9")],
    ["a number in quotes", backendWith("max_tokens: '5'")],
    ["an unknown display", "agent: {backend: {type: gemini}}\nui: {display_type: loud}"],
    ["an unknown transport", serverWith("type: websocket", "url: https://x.example")],
    ["an unknown limit", "agent: {backend: {type: gemini}}\nbudget: {max_joy: 1}"],
    ["a time limit of zero", "agent: {backend: {type: gemini}}\ntimeout_settings: {turn_timeout_seconds: 0}"],
  ])("refuses %s, as loading does", async (_, text) => {
    expect((await read(text)).config).toBeNull();
    expect(accepts(text)).toBe(false);
  });

  test.each(readdirSync(join(import.meta.dirname, "../../examples")).filter((name) => name.endsWith(".yaml")))(
    "accepts the example %s",
    (name) => {
      expect(accepts(readFileSync(join(import.meta.dirname, "../../examples", name), "utf8")), JSON.stringify(validate.errors)).toBe(true);
    },
  );
});
