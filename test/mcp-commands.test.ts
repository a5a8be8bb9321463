// The commands around MCP servers as a person uses them, on real servers and real files.
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { chatServer } from "../src/testing/index.ts";
import { packageBin } from "./support/real-servers.ts";
import { projectRoot, temporaryFolder, writeConfig } from "./support/run-cli.ts";
import { massgen } from "./support/run-in-process.ts";

const counting = (folder: string, ...flags: readonly string[]): unknown => ({
  command: process.execPath,
  args: [join(projectRoot, "test/servers/counting-server.mjs"), join(folder, "log"), ...flags],
});

function team(folder: string, servers: Record<string, unknown>): string {
  const agent = (id: string): unknown => ({ id, backend: { type: "gemini", mcp_servers: servers } });
  return writeConfig(folder, { agents: [agent("alice"), agent("bob")] });
}

describe("--policy", () => {
  test.each([["list"], ["test"], ["tools"], ["call", "counter", "add", "{}"], ["doctor"], ["lock"]])(
    "mcp %s judges by the named file, as a run does, and does nothing without it",
    async (...command) => {
      const folder = temporaryFolder();
      const config = team(folder, { counter: counting(folder) });
      writeFileSync(join(folder, "no.json"), JSON.stringify({ denied_servers: ["counter"] }));
      const under = (policy: string) => massgen(["mcp", ...command, "--config", config, "--policy", policy], { cwd: folder });
      const { code, stdout, stderr } = await under("no.json");
      expect([command[0], code]).toEqual([command[0], command[0] === "list" ? 0 : 4]);
      expect(stdout + stderr).toContain("denied_servers");
      expect(await under("missing.json")).toMatchObject({ code: 2, stderr: expect.stringContaining("There is no policy") as unknown });
      expect(existsSync(join(folder, "log"))).toBe(false);
    },
  );
});

describe("massgen mcp list", () => {
  test("starts nothing and says who has what, shared or not, and why (REQ-MCPCMD-2)", async () => {
    const folder = temporaryFolder();
    const files = { command: process.execPath, args: [packageBin("@modelcontextprotocol/server-filesystem"), folder] };
    const config = team(folder, {
      counter: counting(folder),
      files,
      shell: { command: "bash", args: ["-c", "x"] },
      token: { command: "node", args: ["s.js"], env: { T: "${NOT_SET}" } },
      both: { command: "npx", args: ["-y", "some-server"], env: { LD_PRELOAD: "/x.so" } },
    });
    const { code, stdout } = await massgen(["mcp", "list", "--config", config], { cwd: folder });
    expect(code).toBe(0);
    expect(stdout).toContain("for     alice, bob");
    expect(stdout).toContain("sharing 1 process: shared by all agents with this entry, because equal entries share one process");
    expect(stdout).toContain("sharing 2 processes: one for each agent, because it works in a folder that belongs to one agent");
    expect(stdout).toMatch(/REFUSED .*bash.*\(\S+\)/);
    expect(stdout).toMatch(/REFUSED The variable LD_PRELOAD/);
    expect(stdout).toMatch(/note +"some-server" is not pinned/);
    expect(stdout).toContain("missing ${NOT_SET}");
    expect(existsSync(join(folder, "log"))).toBe(false);
  });

  test("tells who gets no process of its own, and whose other entry means the same one (REQ-MCPCMD-2)", async () => {
    const folder = temporaryFolder();
    const files = { command: process.execPath, args: [packageBin("@modelcontextprotocol/server-filesystem"), folder], max_processes: 2 };
    const thinking = {
      command: process.execPath,
      args: [packageBin("@modelcontextprotocol/server-sequential-thinking")],
      max_processes: 2,
    };
    const counter = counting(folder) as object;
    const narrow = { ...counter, exclude_tools: ["wipe"] };
    const agent = (id: string, mcp_servers: object): unknown => ({ id, backend: { type: "gemini", mcp_servers } });
    const config = writeConfig(folder, {
      agents: [
        agent("a", { files, thinking, counter }),
        agent("b", { files, thinking, counter }),
        agent("c", { files, thinking, counter: narrow }),
      ],
    });
    const { stdout } = await massgen(["mcp", "list", "--config", config], { cwd: folder });
    expect(stdout).toContain(
      "sharing 2 processes: one for each agent, none (`max_processes`) for c: the first agent's is used there, because",
    );
    expect(stdout).toContain("sharing 2 processes: one for each agent, none (`max_processes`) for c: its tools are missing there, because");
    expect(stdout).toContain("shared by all agents with this entry and with c, whose entry means the same server, because");
    expect(stdout).toContain("shared by all agents with this entry and with a, b, whose entry means the same server, because");
  });

  test("a configuration without servers, and a command without a configuration, are told as that", async () => {
    const folder = temporaryFolder();
    expect((await massgen(["mcp", "list", "-c", team(folder, {})], { cwd: folder })).stdout).toBe(
      "This configuration names no MCP server.\n",
    );
    const without = await massgen(["mcp", "list"], { cwd: folder });
    expect(without).toMatchObject({ code: 2, stdout: "" });
    expect(without.stderr).toContain("--config FILE");
    expect((await massgen(["mcp", "toosl"], { cwd: folder })).stderr).toContain("did you mean tools?");
  });
});

describe("massgen mcp tools, test and call", () => {
  test("print what a server offers, as text and as JSON (REQ-MCPCMD-3)", async () => {
    const folder = temporaryFolder();
    const config = team(folder, { counter: counting(folder, "--tools=read,write,wipe") });
    const text = await massgen(["mcp", "tools", "--config", config], { cwd: folder });
    expect(text.stdout).toBe(
      "counter: 3 tools for alice, bob\n  read(n)   read-only    Returns its argument; changes nothing.\n  write(n)               Adds its argument to the total.\n  wipe()    destructive  Sets the total to zero.\n",
    );
    const json = JSON.parse((await massgen(["mcp", "tools", "counter", "--json", "--config", config], { cwd: folder })).stdout) as {
      server: string;
      tools: { name: string; inputSchema: unknown }[];
    }[];
    expect(json[0]?.tools.map(({ name }) => name)).toEqual(["mcp__counter__read", "mcp__counter__write", "mcp__counter__wipe"]);
    expect(json[0]?.tools[0]?.inputSchema).toMatchObject({ required: ["n"] });
  });

  test("a call prints the result, and reaches the server once (REQ-MCPCMD-3)", async () => {
    const folder = temporaryFolder();
    const config = team(folder, { counter: counting(folder) });
    expect(await massgen(["mcp", "call", "counter", "write", '{"n": 7}', "--config", config], { cwd: folder })).toEqual({
      code: 0,
      stdout: "7\n",
      stderr: "",
    });
    const lines = readFileSync(join(folder, "log"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { method?: string });
    expect(lines.filter(({ method }) => method === "tools/call")).toHaveLength(1);
    const json = await massgen(["mcp", "call", "counter", "read", '{"n": 8}', "--json", "--config", config], { cwd: folder });
    expect(JSON.parse(json.stdout)).toEqual({ ok: true, content: [{ type: "text", text: "8" }] });
  });

  test.each([
    { what: "a tool that reports an error", argv: ["counter", "fail"], says: /It failed on purpose\. \[tool-error\]/ },
    { what: "arguments that do not fit", argv: ["counter", "read", "{}"], says: /required property 'n'.*\[invalid-input\]/ },
    { what: "a tool that does not exist", argv: ["counter", "raed"], says: /no tool "raed".*\nDid you mean read\?/s },
    { what: "a tool the entry keeps back", argv: ["narrow", "write", '{"n":1}'], says: /allowed_tools/ },
    { what: "a server that does not start", argv: ["dead", "x"], says: /dead.*no-such-program.*\[server-gone\]\n.*PATH/s },
    { what: "a server that waits for a variable", argv: ["token", "x"], says: /needs \$\{NOT_SET\}.*\nSet NOT_SET/s },
  ])("$what is exit code 4 with the reason (REQ-MCPCMD-3)", async ({ argv, says }) => {
    const folder = temporaryFolder();
    const narrow = { ...(counting(folder) as object), allowed_tools: ["read"] };
    const config = team(folder, {
      counter: counting(folder),
      narrow,
      dead: { command: "no-such-program" },
      token: { command: "node", args: ["s.js"], env: { T: "${NOT_SET}" } },
    });
    const ran = await massgen(["mcp", "call", ...argv, "--config", config], { cwd: folder });
    expect(ran).toMatchObject({ code: 4, stdout: "" });
    expect(ran.stderr).toMatch(says);
  });

  test.each([
    { argv: ["nope", "x"], says: /no MCP server "nope": it has counter/ },
    { argv: ["counter", "read", "{"], says: /not JSON/ },
    { argv: ["counter", "read", "[1]"], says: /must be a JSON object/ },
    { argv: ["counter"], says: /mcp call SERVER TOOL/ },
    { argv: ["counter", "read", "--agent", "alise"], says: /did you mean alice/ },
  ])("mistakes in the command are exit code 2: $says", async ({ argv, says }) => {
    const folder = temporaryFolder();
    const ran = await massgen(["mcp", "call", ...argv, "--config", team(folder, { counter: counting(folder) })], { cwd: folder });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(says);
    expect(existsSync(join(folder, ".massgen/state/audit"))).toBe(false);
  });

  test("test says of each server whether it works, and 4 when one does not (REQ-MCPCMD-3)", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "broken.mjs"), "console.error('The token is missing.'); process.exit(3);\n");
    const config = team(folder, { counter: counting(folder), broken: { command: process.execPath, args: [join(folder, "broken.mjs")] } });
    const ran = await massgen(["mcp", "test", "--config", config], { cwd: folder });
    expect(ran.code).toBe(4);
    expect(ran.stdout).toMatch(/^ok {6}counter: 9 tools, ready in \d+ ms$/m);
    expect(ran.stdout).toMatch(
      /^failed {2}broken: .*ended with code 3.*\nThe token is missing\.\n {8}Run the command of "broken" by hand/ms,
    );
    expect((await massgen(["mcp", "test", "counter", "--config", config], { cwd: folder })).code).toBe(0);
  });

  test("a doctor says what no provider form can express, odd names and what is set aside (REQ-MCPCMD-4)", async () => {
    const folder = temporaryFolder();
    const long = "a_name_that_is_so_long_that_no_provider_would_take_it_as_it_is";
    writeFileSync(
      join(folder, "odd.mjs"),
      oddServer([
        {
          name: long,
          description: "Long.",
          inputSchema: { type: "object", properties: { "with space": { type: "string" }, x: { not: { type: "string" } } } },
        },
        { name: "hidden", description: "a\u202eb" },
      ]),
    );
    const config = team(folder, { odd: { command: process.execPath, args: [join(folder, "odd.mjs")] } });
    const { stdout } = await massgen(["mcp", "doctor", "--config", config], { cwd: folder });
    expect(stdout).toMatch(
      /limits +all forms: a_name\S+ #\/properties\/x: not is told, not declared\n +gemini-json, gemini-openapi, anthropic: .*with space/,
    );
    expect(stdout).toMatch(new RegExp(`mcp__odd__\\w+_[0-9a-f]{8} = ${long}`));
    expect(stdout).toMatch(/set aside: hidden: .*hidden characters \(direction\)/);
    expect(stdout).toMatch(/stdout +1 line that is no protocol message/);
  });

  test("a secret of the configuration is printed by none of them", async () => {
    const folder = temporaryFolder();
    const config = team(folder, { counter: { ...(counting(folder) as object), env: { TOKEN: "${MY_TOKEN}" } } });
    const env = { MY_TOKEN: "tok-4711-secret" };
    for (const argv of [
      ["list"],
      ["tools"],
      ["doctor"],
      ["list", "--json"],
      ["doctor", "--json"],
      ["call", "counter", "environment"],
      ["call", "counter", "environment", "--json"],
    ]) {
      const { code, stdout, stderr } = await massgen(["mcp", ...argv, "--config", config], { cwd: folder, env });
      expect(code, argv.join(" ")).toBe(0);
      expect(stdout + stderr, argv.join(" ")).not.toContain("4711");
    }
  });
});

/** A server that also prints a line that is no message. */
function oddServer(tools: readonly unknown[]): string {
  return `import { createInterface } from "node:readline";
console.log("hello");
createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method } = JSON.parse(line);
  if (id === undefined) return;
  const result = method === "initialize" ? { protocolVersion: "2025-11-25", capabilities: { tools: {} }, serverInfo: { name: "odd", version: "1" } } : { tools: ${JSON.stringify(tools)} };
  console.log(JSON.stringify({ jsonrpc: "2.0", id, result }));
});
`;
}

describe("massgen audit and security", () => {
  test("a call leaves a trail that is shown, and one changed byte in it is found (REQ-MCPCMD-9)", async () => {
    const folder = temporaryFolder();
    const config = team(folder, { counter: counting(folder) });
    expect((await massgen(["audit", "verify"], { cwd: folder })).stdout).toMatch(/no audit trails yet/);
    await massgen(["mcp", "call", "counter", "write", '{"n": 7}', "--config", config], { cwd: folder });
    const trails = join(folder, ".massgen/state/audit");
    const [name = ""] = readdirSync(trails);
    expect(await massgen(["audit", "verify"], { cwd: folder })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^ok .*lines\n$/) as unknown,
    });
    const shown = (await massgen(["audit", "show", "last"], { cwd: folder })).stdout;
    expect(shown).toMatch(/call +alice counter\/write unknown arguments [0-9a-f]{12}/);
    expect(shown).toMatch(/verdict +alice allow \(\S+\)/);
    expect(shown).toMatch(/result +alice ok \d+\.\d ms/);
    const written = readFileSync(join(trails, name));
    const at = written.indexOf("write");
    written[at] = (written[at] ?? 0) ^ 1;
    writeFileSync(join(trails, name), written);
    const verdict = await massgen(["audit", "verify", "last"], { cwd: folder });
    expect(verdict.code).toBe(4);
    expect(verdict.stdout).toMatch(/^CHANGED .*line \d+: the line is not what was written/);
    expect((await massgen(["audit", "show", name.slice(0, 20)], { cwd: folder })).code).toBe(4);
  });

  test("a trail that was cut off is told from one that is complete", async () => {
    const folder = temporaryFolder();
    await massgen(["mcp", "call", "counter", "read", '{"n": 7}', "--config", team(folder, { counter: counting(folder) })], { cwd: folder });
    const trails = join(folder, ".massgen/state/audit");
    const path = join(trails, readdirSync(trails)[0] ?? "");
    const lines = readFileSync(path, "utf8").trimEnd().split("\n");
    writeFileSync(path, `${lines.slice(0, -1).join("\n")}\n`);
    expect((await massgen(["audit", "verify", path], { cwd: folder })).stdout).toMatch(/^ok .*it has no end/);
    appendFileSync(path, "{");
    expect((await massgen(["audit", "verify", path], { cwd: folder })).stdout).toMatch(/^CHANGED .*cut off/);
    expect((await massgen(["audit", "show", "nothing"], { cwd: folder })).code).toBe(2);
  });

  test("the rules are printed with their examples (REQ-MCPCMD-10)", async () => {
    const folder = temporaryFolder();
    const { code, stdout } = await massgen(["security", "rules", "package-pinned"], { cwd: folder });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^package-pinned \(before a server starts\)\n {2}A fetched package/);
    expect(stdout).toContain("    warn   uvx mcp-server-time\n");
    const all = JSON.parse((await massgen(["security", "rules", "--json"], { cwd: folder })).stdout) as {
      id: string;
      examples: unknown[];
    }[];
    expect(all.length).toBeGreaterThan(20);
    expect(all.filter(({ examples }) => examples.length < 2)).toEqual([]);
    expect((await massgen(["security", "rules", "package-pined"], { cwd: folder })).stderr).toContain("did you mean package-pinned?");
  });
});

describe("massgen mcp stats", () => {
  test("counts the calls of the runs of this folder (REQ-MCPCMD-11)", async () => {
    const folder = temporaryFolder();
    const server = await chatServer(({ number }) => ({
      toolCalls:
        number === 1
          ? [
              { name: "mcp__counter__read", arguments: { n: 5 } },
              { name: "mcp__counter__fail", arguments: {} },
            ]
          : [{ name: "new_answer", arguments: { content: "Done." } }],
    }));
    try {
      const backend = {
        type: "chatcompletion",
        model: "scripted",
        base_url: server.baseUrl,
        api_key: "test-key-000",
        mcp_servers: { counter: counting(folder) },
      };
      const ran = await massgen(["--config", writeConfig(folder, { agents: [{ id: "a", backend }] }), "Go."], { cwd: folder });
      expect(ran.code).toBe(0);
    } finally {
      await server.close();
    }
    const text = await massgen(["mcp", "stats"], { cwd: folder });
    expect(text.stdout).toMatch(/^counter +read +a +1 +0 +0 +0 +1 /m);
    expect(text.stdout).toMatch(/^counter +fail +a +1 +1 +0 /m);
    const json = JSON.parse((await massgen(["mcp", "stats", "last", "--json"], { cwd: folder })).stdout) as {
      runs: number;
      rows: unknown[];
    };
    expect(json).toMatchObject({
      runs: 1,
      rows: [
        { tool: "read", calls: 1 },
        { tool: "fail", codes: { "tool-error": 1 } },
      ],
    });
    expect((await massgen(["audit", "show", "last"], { cwd: folder })).stdout).toMatch(/call +a counter\/read/);
  });
});
