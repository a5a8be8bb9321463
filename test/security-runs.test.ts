// The security rules in whole runs, with real servers: what is refused, what reaches a server, what is asked, kept and written down.
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { parseConfigText, type MassgenConfig } from "../src/config/index.ts";
import type { Entry, EventOf, RunEvent } from "../src/core/index.ts";
import { createIo, type Environment, type Io } from "../src/io/index.ts";
import { verifyAudit } from "../src/mcp/index.ts";
import { openSession, type SessionOptions } from "../src/session/index.ts";
import { chatServer, type ChatServer, type ChatToolCall } from "../src/testing/index.ts";
import { temporaryFolder, writeConfig } from "./support/run-cli.ts";
import { massgen } from "./support/run-in-process.ts";

const MIRROR = join(import.meta.dirname, "servers/mirror-server.mjs");
const ANSWER: ChatToolCall = { name: "new_answer", arguments: { content: "Done." } };
const mirror = (more: object = {}): object => ({ command: process.execPath, args: [MIRROR], ...more });
const callOf = (tool: string, args: object = {}): ChatToolCall => ({ name: `mcp__m__${tool}`, arguments: args });

let model: ChatServer | null = null;
afterEach(async () => {
  await model?.close();
  model = null;
});

/** A model that makes these calls, one a step, and then answers. */
async function scripted(calls: readonly ChatToolCall[]): Promise<ChatServer> {
  let step = 0;
  return (model = await chatServer(() => ({ toolCalls: [calls[step++] ?? ANSWER] })));
}

type Given = {
  readonly folder?: string;
  readonly env?: Environment;
  readonly options?: Partial<SessionOptions>;
  readonly onEntry?: (entry: Entry, steering: Steering) => void;
};
type Steering = ReturnType<Awaited<ReturnType<typeof openSession>>["ask"]>["steering"];

/** One question in this process: real files, clock, processes and sockets. */
async function run(
  servers: object,
  calls: readonly ChatToolCall[],
  { folder = temporaryFolder(), env = {}, options = {}, onEntry }: Given = {},
) {
  const { baseUrl } = await scripted(calls);
  const io: Io = {
    ...createIo(),
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: folder, MASSGEN_HOME: join(folder, ".massgen"), ...env },
  };
  const config = await configOf(servers, baseUrl, io.env);
  const session = await openSession(config, { io, logs: true, strict: false, yes: false, ...options });
  onTestFinished(() => session.close());
  const events: RunEvent[] = [];
  const asked = session.ask("Go.", [], (item) => {
    if (item.kind !== "entry") return;
    events.push(item.entry);
    queueMicrotask(() => onEntry?.(item.entry, asked.steering));
  });
  const result = await asked.result;
  await session.close();
  const of = <Type extends RunEvent["type"]>(type: Type): readonly EventOf<Type>[] =>
    events.filter((event): event is EventOf<Type> => event.type === type);
  const results = of("tool-result").filter(({ name }) => name.startsWith("mcp__"));
  const texts = results.map(({ content }) => content.flatMap((item) => (item.type === "text" ? [item.text] : [])).join("\n"));
  return {
    folder,
    result,
    events,
    of,
    results,
    texts,
    state: join(folder, ".massgen/state"),
    warnings: of("warning").map(({ message }) => message),
  };
}

async function configOf(servers: object, baseUrl: string, env: Environment): Promise<MassgenConfig> {
  const backend = { type: "chatcompletion", model: "scripted", base_url: baseUrl, api_key: "test-key-000", mcp_servers: servers };
  const { config, problems } = await parseConfigText(JSON.stringify({ agents: [{ id: "a", backend }] }), null, { env });
  if (config === null) throw new Error(problems.map(({ message }) => message).join("; "));
  return config;
}

const refusals = ({ of }: Awaited<ReturnType<typeof run>>): readonly (string | undefined)[] =>
  of("mcp-server-state")
    .filter(({ state }) => state === "failed")
    .map(({ message }) => message);

describe("variables of an entry (REQ-SECRUN-1)", () => {
  test("a model provider's key is handed to no server, whatever it is called there; an operator can name an exception", async () => {
    const env = { OPENAI_API_KEY: "sk-of-another-provider", MY_TOKEN: "token-of-the-server" };
    const servers = { m: mirror({ env: { INNOCENT: "${OPENAI_API_KEY}" } }), fine: mirror({ env: { TOKEN: "${MY_TOKEN}" } }) };
    const facts: ChatToolCall = { name: "mcp__fine__facts", arguments: {} };
    const refused = await run(servers, [facts], { env });
    expect(refusals(refused)).toEqual([expect.stringMatching(/\(references\).*\$\{OPENAI_API_KEY\} is the key of a model provider/)]);
    expect(JSON.stringify(refused.events)).not.toContain("sk-of-another-provider");
    // The server's own token reached it; nobody else sees it.
    expect(refused.texts[0]).toContain('"TOKEN":"[redacted]"');
    const policy = join(refused.folder, "policy.json");
    writeFileSync(policy, JSON.stringify({ credentials: { allowed: { m: ["OPENAI_API_KEY"] } } }));
    const allowed = await run(servers, [callOf("facts")], { env, options: { policyFile: policy } });
    expect(refusals(allowed)).toEqual([]);
    expect(allowed.texts[0]).toContain('"INNOCENT":"[redacted]"');
  });

  test("a variable in arguments has to stand in `env` too", async () => {
    const env = { MY_TOKEN: "token-of-the-server" };
    const open = await run({ m: { command: process.execPath, args: [MIRROR, "--token=${MY_TOKEN}"] } }, [], { env });
    expect(refusals(open)).toEqual([expect.stringContaining("`env` does not name it")]);
    const named = await run(
      { m: { command: process.execPath, args: [MIRROR, "--token=${MY_TOKEN}"], env: { MY_TOKEN: "${MY_TOKEN}" } } },
      [callOf("facts")],
      { env },
    );
    expect(refusals(named)).toEqual([]);
    expect(named.texts[0]).toContain("--token=[redacted]");
  });
});

describe.skipIf(process.platform === "win32")("the program of a command (REQ-SECRUN-2)", () => {
  test("that everybody may replace is warned about once, and refused by a strict operator", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "open"));
    symlinkSync(process.execPath, join(folder, "open/my-node"));
    chmodSync(join(folder, "open"), 0o777);
    const env = { PATH: `${join(folder, "open")}:${process.env["PATH"]}` };
    const servers = { m: mirror({ command: "my-node" }) };
    const warned = await run(servers, [callOf("echo", { n: 1 })], { folder, env });
    expect(warned.warnings.filter((message) => message.includes("can be replaced by other users"))).toHaveLength(1);
    expect(warned.texts).toEqual(['{"n":1}']);
    writeFileSync(join(folder, "strict.json"), JSON.stringify({ level: "strict", allowed_executables: ["my-node"] }));
    const refused = await run(servers, [], { folder, env, options: { policyFile: join(folder, "strict.json") } });
    expect(refusals(refused)).toEqual([expect.stringContaining("can be replaced by other users")]);
  });

  test("an absolute path on the operator's list holds for the bare name that means it, and for no other program", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "bin"));
    symlinkSync(process.execPath, join(folder, "bin/my-node"));
    const env = { PATH: join(folder, "bin") };
    const listed = join(folder, "listed.json");
    writeFileSync(listed, JSON.stringify({ allowed_executables: [join(folder, "bin/my-node")] }));
    expect(refusals(await run({ m: mirror({ command: "my-node" }) }, [], { folder, env, options: { policyFile: listed } }))).toEqual([]);
    writeFileSync(listed, JSON.stringify({ allowed_executables: ["/usr/bin/my-node"] }));
    expect(refusals(await run({ m: mirror({ command: "my-node" }) }, [], { folder, env, options: { policyFile: listed } }))).toHaveLength(
      1,
    );
  });
});

describe("what reaches a server", () => {
  test("its arguments, variables and working folder, literally: no shell reads them (REQ-SECRUN-3)", async () => {
    const folder = temporaryFolder();
    const cwd = join(folder, "a folder; touch harm");
    mkdirSync(cwd);
    const args = ["a b", "$(touch harm)", "; touch harm", "&&", "touch harm", "*", "\"q'", "%PATH%", "$HOME", "back\\slash", ""];
    const given = { PLAIN: "a;b|c&d $HOME `touch harm`", QUOTED: '"it\'s"' };
    const { texts } = await run({ m: { command: process.execPath, args: [MIRROR, ...args], env: given, cwd } }, [callOf("facts")], {
      folder,
    });
    expect(JSON.parse(texts[0] ?? "")).toMatchObject({ argv: args, env: given, cwd });
    expect(existsSync(join(cwd, "harm")) || existsSync(join(folder, "harm"))).toBe(false);
  });

  test("the base environment and the entry's own variables, nothing else of ours (REQ-SECRUN-4)", async () => {
    const env = {
      LANG: "C.UTF-8",
      OPENAI_API_KEY: "sk-ours-000000",
      AWS_SECRET_ACCESS_KEY: "ours",
      NODE_OPTIONS: "--no-warnings",
      LD_PRELOAD: "/nowhere.so",
      RANDOM_THING: "ours",
    };
    const { texts, folder } = await run({ m: mirror({ env: { OWN: "1" } }) }, [callOf("facts")], { env });
    const { MASSGEN_TREE: mark, ...received } = (JSON.parse(texts[0] ?? "") as { env: Record<string, string> }).env;
    expect(received).toEqual({ PATH: process.env["PATH"], HOME: folder, LANG: "C.UTF-8", OWN: "1" });
    // By it the server's children are found when it has ended.
    expect(mark).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe("a remote server (REQ-SECRUN-5)", () => {
  async function listening(location: string): Promise<{ readonly url: string; readonly seen: string[] }> {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      response.writeHead(307, { location }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`, seen };
  }

  test("cannot send us elsewhere: redirects are followed within its own origin only, and not without end", async () => {
    const trap = await listening("/");
    for (const location of [
      trap.url,
      "http://169.254.169.254/latest/meta-data/",
      "http://10.0.0.1/mcp",
      "file:///etc/passwd",
      "//mcp.example/",
    ]) {
      const { url, seen } = await listening(location);
      expect(refusals(await run({ m: { url } }, []))[0], location).toMatch(/Redirect to .* not followed/);
      expect(seen[0]).toBe("POST /mcp");
    }
    expect(trap.seen).toEqual([]);
    const circle = await listening("/again");
    expect(refusals(await run({ m: { url: circle.url } }, []))).toHaveLength(1);
    expect(circle.seen.length).toBeLessThan(50);
  });

  test("at a refused address is not reached, and the rule is named", async () => {
    expect(refusals(await run({ m: { url: "http://169.254.169.254/mcp" } }, []))[0]).toMatch(/\(url-host\).*metadata service/);
    const { url, seen } = await listening("/");
    const folder = temporaryFolder();
    writeFileSync(join(folder, "p.json"), JSON.stringify({ localhost: "never" }));
    expect(refusals(await run({ m: { url } }, [], { folder, options: { policyFile: join(folder, "p.json") } }))[0]).toMatch(
      /\(url-host\).*this machine itself/,
    );
    expect(seen).toEqual([]);
  });

  test("on this machine is called through the checked connection", async () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "servers/http-server.mjs")], { stdio: ["pipe", "pipe", "inherit"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    const url = await new Promise<string>((resolve) =>
      child.stdout.on("data", (chunk: Buffer) => resolve(/http:\S+/.exec(chunk.toString())?.[0] ?? "")),
    );
    const { texts } = await run({ m: { url: url.replace("127.0.0.1", "localhost") } }, [callOf("read", { n: 1 })]);
    expect(texts).toEqual(['read {"n":1}']);
  });
});

describe("results and arguments beyond the limits (REQ-SECRUN-6)", () => {
  test("a large result is cut for the model and whole in a file of mode 0600, harmless and without secrets; arguments too deep or too large are not sent", async () => {
    const folder = temporaryFolder();
    const policyFile = join(folder, "limits.json");
    writeFileSync(policyFile, JSON.stringify({ limits: { result_bytes: 1_000, argument_depth: 3, argument_bytes: 200 } }));
    const deep = { a: { b: { c: { d: 1 } } } };
    const calls = [
      callOf("big", { n: 5_000 }),
      callOf("echo", deep),
      callOf("echo", { text: "y".repeat(300) }),
      callOf("echo", { a: { b: 1 } }),
    ];
    const { texts, state, results } = await run({ m: mirror() }, calls, { folder, options: { policyFile } });
    expect(Buffer.byteLength(texts[0] ?? "")).toBeLessThan(1_300);
    const kept = /the whole text is in (\S+\.txt)/.exec(texts[0] ?? "")?.[1] ?? "";
    expect(kept.startsWith(join(state, "results"))).toBe(true);
    expect(readFileSync(kept, "utf8")).toBe(`begin${"x".repeat(5_000)}end`);
    expect(statSync(kept).mode & 0o777).toBe(0o600);
    expect(results.map(({ code }) => code)).toEqual([null, "denied", "denied", null]);
    expect(texts.slice(1, 3)).toEqual([expect.stringContaining("nested deeper than 3 levels"), expect.stringContaining("more than 200")]);
  });

  test("nothing is kept where nothing is to be written", async () => {
    const { texts, state } = await run({ m: mirror() }, [callOf("big", { n: 300_000 })], { options: { logs: false } });
    expect(texts[0]).toMatch(/\[… \d+ of 300008 bytes left out …\]/);
    expect(existsSync(join(state, "results"))).toBe(false);
  });
});

describe("permission", () => {
  const wipes = [callOf("wipe"), callOf("wipe", { again: true })];

  test("is asked where a person is; what is granted for always holds in the next run, for that very entry (REQ-SECRUN-7)", async () => {
    const asking = (remember: "once" | "run" | "always"): Given => ({
      options: { interactive: () => true },
      onEntry: (entry, steering) => {
        if (entry.type === "permission-asked") steering.permission(entry.call, true, remember);
      },
    });
    const once = await run({ m: mirror() }, wipes, asking("once"));
    expect([once.of("permission-asked").length, once.texts]).toEqual([2, ["wipe done", "wipe done"]]);
    const { folder } = once;
    const always = await run({ m: mirror() }, wipes, { ...asking("always"), folder });
    expect([always.of("permission-asked").length, always.texts]).toEqual([1, ["wipe done", "wipe done"]]);
    const file = join(always.state, "grants.json");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const later = await run({ m: mirror() }, wipes, { ...asking("once"), folder });
    expect(later.of("permission-asked")).toHaveLength(0);
    const other = await run({ m: mirror({ args: [MIRROR, "--other"] }) }, wipes, { ...asking("run"), folder });
    expect(other.of("permission-asked")).toHaveLength(1);
    writeFileSync(file, "{ damaged");
    const damaged = await run({ m: mirror() }, wipes, { ...asking("run"), folder });
    expect(damaged.of("permission-asked")).toHaveLength(1);
    expect(damaged.warnings.some((message) => message.includes("grants.json"))).toBe(true);
  });

  test("is asked for each call that is not known to only read under `writes: ask`; without a person the policy decides (REQ-WRITES-5)", async () => {
    const calls = [callOf("wipe"), callOf("echo", { n: 1 })];
    const folder = temporaryFolder();
    const policyFile = join(folder, "generous.json");
    writeFileSync(policyFile, JSON.stringify({ destructive: "allow" }));
    const asking: Given = {
      folder,
      options: { interactive: () => true, policyFile },
      onEntry: (entry, steering) => entry.type === "permission-asked" && steering.permission(entry.call, true, "once"),
    };
    const asked = await run({ m: mirror({ writes: "ask" }) }, calls, asking);
    expect([asked.of("permission-asked").map(({ tool }) => tool), asked.texts]).toEqual([["wipe"], ["wipe done", '{"n":1}']]);
    expect((await run({ m: mirror() }, calls, asking)).of("permission-asked")).toEqual([]);
    const alone = await run({ m: mirror({ writes: "ask" }) }, calls, { folder, options: { policyFile } });
    expect([alone.of("permission-asked"), alone.texts]).toEqual([[], asked.texts]);
  });

  test("that is refused is not given, and the server hears nothing of the call (REQ-SECRUN-7)", async () => {
    const refuse: Given = {
      options: { interactive: () => true },
      onEntry: (entry, steering) => entry.type === "permission-asked" && steering.permission(entry.call, false, "once"),
    };
    const { texts, results } = await run({ m: mirror() }, [callOf("wipe")], refuse);
    expect(texts[0]).toMatch(/permission was not given/);
    expect(results[0]?.code).toBe("denied");
  });

  test("without a person a destructive call is allowed, which is said once per server; `destructive: deny` refuses it (REQ-SECRUN-8)", async () => {
    const folder = temporaryFolder();
    const { baseUrl } = await scripted(wipes);
    const backend = { type: "chatcompletion", model: "scripted", base_url: baseUrl, api_key: "test-key-000", mcp_servers: { m: mirror() } };
    const config = writeConfig(folder, { agents: [{ id: "a", backend }] });
    const ran = await massgen(["--config", config, "Go."], { cwd: folder });
    expect(ran.stdout).toContain("Done.");
    expect(`${ran.stdout}${ran.stderr}`.match(/MCP server m, tool wipe: .*nobody is there to be asked/g)).toHaveLength(1);
    mkdirSync(join(folder, ".massgen/config"), { recursive: true });
    writeFileSync(join(folder, ".massgen/config/policy.json"), JSON.stringify({ destructive: "deny" }));
    const denied = await run({ m: mirror() }, wipes, { folder });
    expect(denied.results.map(({ code }) => code)).toEqual(["denied", "denied"]);
  });
});

describe("the operator's policy (REQ-SECRUN-9)", () => {
  test("comes from its place or from --policy; a missing or mistaken one stops the run before anything is started", async () => {
    const folder = temporaryFolder();
    const { baseUrl, requests } = await scripted([]);
    const backend = { type: "chatcompletion", model: "scripted", base_url: baseUrl, api_key: "test-key-000", mcp_servers: { m: mirror() } };
    const config = writeConfig(folder, { agents: [{ id: "a", backend }] });
    writeFileSync(join(folder, "typo.json"), '{"destructiv": "deny"}');
    writeFileSync(join(folder, "deny.json"), '{"denied_servers": ["m"]}');
    const missing = await massgen(["--config", config, "--policy", "none.json", "Go."], { cwd: folder });
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining("There is no policy")]);
    const typo = await massgen(["--config", config, "--policy", "typo.json", "Go."], { cwd: folder });
    expect([typo.code, typo.stderr]).toEqual([2, expect.stringContaining('no policy key "destructiv"')]);
    expect(requests).toHaveLength(0);
    const denied = await massgen(["--config", config, "--policy", "deny.json", "Go."], { cwd: folder });
    expect(denied.stdout).toContain("Done.");
    expect(`${denied.stdout}${denied.stderr}`).toMatch(/server-listed/);
  });

  test("is not exchanged by a `.env` of the folder, nor is where programs are looked for", async () => {
    const folder = temporaryFolder();
    const home = temporaryFolder();
    for (const [place, text] of [
      [join(home, ".config/massgen"), '{"denied_servers": ["m"]}'],
      [join(folder, "evil/massgen"), '{"level": "permissive"}'],
    ] as const) {
      mkdirSync(place, { recursive: true });
      writeFileSync(join(place, "policy.json"), text);
    }
    writeFileSync(join(folder, ".env"), `XDG_CONFIG_HOME=${join(folder, "evil")}\nMASSGEN_HOME=${folder}\n`);
    const config = writeConfig(folder, { agents: [{ id: "a", backend: { type: "gemini", mcp_servers: { m: mirror() } } }] });
    const env = { HOME: home, MASSGEN_HOME: undefined, XDG_CONFIG_HOME: undefined };
    const listed = await massgen(["mcp", "list", "--config", config], { cwd: folder, env });
    expect(listed.stdout).toMatch(/REFUSED The operator's policy denies this server/);
    expect(listed.stderr).toMatch(/XDG_CONFIG_HOME is ignored/);
  });
});

describe("the audit trail (REQ-SECRUN-10)", () => {
  test("has every decision and call of the run, refused servers included, in one chain that breaks at a flipped byte", async () => {
    const servers = { m: mirror(), evil: { command: "bash", args: ["-c", "exit 0"] } };
    const { state } = await run(servers, [callOf("echo", { n: 1 }), callOf("wipe")]);
    const [name = "", ...others] = readdirSync(join(state, "audit"));
    expect(others).toEqual([]);
    const file = join(state, "audit", name);
    const { ok, complete, entries } = await verifyAudit(createIo().files, file);
    expect([ok, complete]).toEqual([true, true]);
    expect(entries).toContainEqual(
      expect.objectContaining({ what: "verdict", server: "evil", agent: "a", verdict: "deny", rule: "shell" }),
    );
    expect(entries).toContainEqual(expect.objectContaining({ what: "verdict", server: "m", verdict: "allow" }));
    expect(entries.filter(({ what }) => what === "call").map(({ tool }) => tool)).toEqual(expect.arrayContaining(["echo", "wipe"]));
    expect(entries).toContainEqual(expect.objectContaining({ what: "verdict", verdict: "allow", rule: "call-permission" }));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const bytes = readFileSync(file);
    bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    expect((await verifyAudit(createIo().files, file)).ok).toBe(false);
  });
});
