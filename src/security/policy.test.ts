import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkServer } from "./check-server.ts";
import { serverOfSketch } from "./sketch.test-support.ts";
import { childEnvironment, DEFAULT_POLICY, describeRules, narrow, readPolicy, STRICT_POLICY, treatResult } from "./index.ts";
import type { ServerSketch } from "./types.ts";

describe("REQ-SEC-3 two-part policy", () => {
  test("the policy file of the documentation is one, and names every key", () => {
    const block = /```jsonc\n([\s\S]*?)```/.exec(readFileSync(join(import.meta.dirname, "../../docs/security.md"), "utf8"))?.[1] ?? "";
    const written = JSON.parse(block) as Record<string, unknown>;
    expect(readPolicy(written).problems).toEqual([]);
    const known = /known are (.*)$/.exec(readPolicy({ nonsense: 1 }).problems[0] ?? "")?.[1]?.split(", ");
    expect(Object.keys(written)).toEqual(known);
    expect(
      readPolicy({ ...written, denied_servers: [], allowed_ports: [], environment: {}, credentials: {}, permissions: [] }).policy,
    ).toEqual(DEFAULT_POLICY);
  });

  test("an entry narrows the operator's policy and never widens it", () => {
    expect(narrow(STRICT_POLICY, { level: "permissive", allow_private_ips: true, allowed_executables: ["rm"] })).toMatchObject({
      level: "strict",
      privateNetworks: "never",
      allowedExecutables: null,
    });
    expect(narrow({ ...DEFAULT_POLICY, level: "permissive" }, { level: "strict" }).level).toBe("strict");
    expect(narrow({ ...DEFAULT_POLICY, level: "permissive" }, {}).level).toBe("permissive");
    expect(narrow(DEFAULT_POLICY, { allow_localhost: false }).localhost).toBe("never");
    expect(narrow({ ...DEFAULT_POLICY, localhost: "asked" }, { allow_localhost: true }).localhost).toBe("always");
    expect(narrow({ ...DEFAULT_POLICY, localhost: "never" }, { allow_localhost: true }).localhost).toBe("never");
  });

  test("whatever an entry's block says, nothing that was refused without it is allowed with it", () => {
    const blocks = [
      { level: "permissive" },
      { allowed_executables: ["rm", "bash", "node"] },
      { allow_localhost: true, allow_private_ips: true },
      { allowed_hostnames: ["10.0.0.1", "169.254.169.254"] },
      { env: { mode: "allowlist", allowed_vars: ["LD_PRELOAD"] } },
      { env: { mode: "denylist", denied_vars: [] } },
      { resolve_dns: false },
    ];
    const refused: readonly ServerSketch[] = [
      { argv: ["rm", "-rf", "/"] },
      { argv: ["bash", "-c", "id"] },
      { argv: ["node", "-e", "1"] },
      { argv: ["node", "s.js"], env: { LD_PRELOAD: "/x" } },
      { url: "http://169.254.169.254/" },
      { url: "http://127.0.0.1:6379/" },
      { url: "http://evil.example/" },
    ];
    for (const sketch of refused)
      for (const security of blocks)
        expect(checkServer(serverOfSketch({ ...sketch, security })).verdict, JSON.stringify([sketch, security])).toBe("deny");
  });

  test("an operator's file is read over the defaults", () => {
    const { policy, problems } = readPolicy({
      level: "permissive",
      locked: true,
      allowed_servers: ["a"],
      localhost: "asked",
      allowed_ports: [9200],
      environment: { allowed: ["PYTHONPATH"] },
      credentials: { allowed: { s: ["OPENAI_API_KEY"] } },
      permissions: [{ decision: "deny", server: "s", arguments: { path: "/etc/*" } }],
      destructive: "deny",
      limits: { same_call_in_a_row: 3, calls_per_agent: null },
    });
    expect(problems).toEqual([]);
    expect(policy).toMatchObject({
      level: "permissive",
      locked: true,
      allowedServers: ["a"],
      environment: { allowed: ["PYTHONPATH"], denied: [] },
      credentials: { allowed: { s: ["OPENAI_API_KEY"] }, denied: [] },
      limits: { sameCallInARow: 3, callsPerAgent: null, argumentDepth: 32 },
      privateNetworks: "asked",
    });
  });

  test.each([
    ["a misspelt key", { lokced: true }, "no policy key"],
    ["a wrong level", { level: "paranoid" }, "`level` must be strict, moderate or permissive"],
    ["a number for a list", { allowed_hosts: 3 }, "`allowed_hosts` must be a list of texts"],
    ["a permission without a decision", { permissions: [{ server: "s" }] }, "`permissions` must be a list of rules"],
    ["a permission with a misspelt field", { permissions: [{ decision: "deny", tols: "x" }] }, "`permissions`"],
    ["a negative limit", { limits: { argument_bytes: -1 } }, "`limits`"],
    ["a list", [], "must be a mapping"],
    ["nothing", null, "must be a mapping"],
  ])("%s gives the strict policy and says why", (_says, value, problem) => {
    const reading = readPolicy(value);
    expect(reading.policy).toBe(STRICT_POLICY);
    expect(reading.problems.join()).toContain(problem);
  });
});

describe("REQ-SEC-4 all findings", () => {
  test("the worst finding decides and all are kept, none of them with a value of the entry", () => {
    const verdict = checkServer(serverOfSketch({ argv: ["npx", "x"], env: { LD_PRELOAD: "/x/secret-path", PATH: "/y" } }));
    expect(verdict).toMatchObject({ verdict: "deny", rule: "environment-names" });
    expect(verdict.findings.map(({ rule, verdict }) => `${rule} ${verdict}`)).toEqual(["environment-names deny", "package-pinned warn"]);
    expect(JSON.stringify(verdict)).not.toContain("secret-path");
  });

  test("nothing to say is an allow with a name", () => {
    expect(checkServer(serverOfSketch({ argv: ["node", "s.js"] }))).toMatchObject({ verdict: "allow", rule: "default", findings: [] });
  });

  test("rules describe themselves with their examples, one line each", () => {
    const rules = describeRules();
    expect(rules.map(({ id }) => id)).toContain("call-permission");
    expect(rules.every(({ about, examples }) => about.endsWith(".") && examples.length >= 2)).toBe(true);
    expect(
      rules
        .flatMap(({ examples }) => examples)
        .every(({ given }) => given !== "" && given.length <= 160 && !/[\u0000-\u001f\u202e\u200b]/.test(given)),
    ).toBe(true);
    expect(rules.find(({ id }) => id === "shell")?.examples[0]).toEqual({ given: "cmd /c npx -y pkg@1.0.0", verdict: "allow" });
  });
});

describe("REQ-SEC-10 the environment of a server", () => {
  test("holds what every program needs and the entry's own, and no key of ours", () => {
    const parent = {
      HOME: "/h",
      Path: "/b",
      LC_ALL: "C",
      OPENAI_API_KEY: "k",
      AWS_SECRET_ACCESS_KEY: "s",
      LD_PRELOAD: "/x",
      NODE_OPTIONS: "-r x",
      BASH_FUNC_x: "() { :; }",
      TERM: "() { evil; }",
      UNSET: undefined,
    };
    expect(childEnvironment(parent, { TOKEN: "t", HOME: "/other" })).toEqual({ HOME: "/other", Path: "/b", LC_ALL: "C", TOKEN: "t" });
  });
});

describe("REQ-SEC-11 results", () => {
  test("are harmless text, cut between characters, with the rest kept for a file", () => {
    expect(treatResult("plain", 100)).toEqual({ text: "plain", rest: null, bytes: 5 });
    const treated = treatResult(`a\u001b[2Jb${"ü".repeat(10)}`, 7);
    expect(treated).toEqual({ text: "abüü", rest: "ü".repeat(8), bytes: 22 });
    expect(treatResult("👍👍", 5)).toEqual({ text: "👍", rest: "👍", bytes: 8 });
    expect(treatResult("👍", 0)).toEqual({ text: "", rest: "👍", bytes: 4 });
  });
});
