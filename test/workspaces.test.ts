// Working folders in whole runs of the built program: real filesystem servers, files that are shown under labels, the winner's files kept.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { chatServer, type ChatReply, type ChatRequest, type ChatServer } from "../src/testing/index.ts";
import { packageBin } from "./support/real-servers.ts";
import { runCli, startCli, temporaryFolder, writeConfig, type CliRun } from "./support/run-cli.ts";

let server: ChatServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

const filesystem = packageBin("@modelcontextprotocol/server-filesystem");
type Call = { readonly name: string; readonly arguments: object };
/** What an agent does in its first turn before it answers; then it reads what it is shown and votes for the answer whose `note.txt` says `best`. */
type Plan = { readonly best: string; readonly first: (agent: string, folder: string) => readonly Call[]; readonly present?: () => void };

const call = (tool: string, input: object): Call => ({ name: `mcp__files__${tool}`, arguments: input });
const write = (path: string, content: string): Call => call("write_file", { path, content });
const textOf = (request: ChatRequest): string => JSON.stringify(request.messages);
const toolTexts = (request: ChatRequest): readonly string[] =>
  request.messages.filter(({ role }) => role === "tool").map(({ content }) => JSON.stringify(content));

const isNoTool = (text: string): boolean => text.includes("There is no tool named");

/** Label and folder of each answer, as the last prompt says. */
function shownIn(request: ChatRequest): readonly (readonly [string, string])[] {
  const last = JSON.stringify(request.messages.findLast(({ role }) => role === "user")?.content ?? "");
  return Array.from(last.matchAll(/- (agent\d): (\/[^\s\\,"]+)/g), ([, label = "", folder = ""]) => [label, folder] as const);
}

function script({ best, first, present }: Plan, folder: string): (request: ChatRequest) => ChatReply {
  return (request) => {
    const { model, tools } = request;
    if (!tools.includes("new_answer")) {
      present?.();
      return { text: "Presented." };
    }
    if (!tools.includes("vote")) {
      const planned = first(model, folder)[toolTexts(request).filter((text) => !isNoTool(text)).length];
      return { toolCalls: [planned ?? { name: "new_answer", arguments: { content: `Answer of ${model}.` } }] };
    }
    const shown = shownIn(request);
    const reads = toolTexts(request).filter((text) => text.includes("note of"));
    if (reads.length < shown.length)
      return { toolCalls: shown.map(([, place]) => call("read_text_file", { path: join(place, "note.txt") })) };
    const at = shown.findIndex((_, index) => reads[index]?.includes(best));
    return { toolCalls: [{ name: "vote", arguments: { agent_id: shown[at]?.[0] ?? "agent1", reason: "Its files are better." } }] };
  };
}

type Place = { readonly folder: string; readonly served: ChatServer; readonly run: (...args: readonly string[]) => Promise<CliRun> };

type Options = {
  readonly orchestrator?: object;
  readonly prepare?: (folder: string) => void;
  readonly cwd?: (agent: string) => string;
  /** Folders the server is given; null = it asks for them. */
  readonly given?: (agent: string) => readonly string[];
  readonly hold?: (request: ChatRequest) => Promise<void>;
};

async function place(plan: Plan, options: Options = {}): Promise<Place> {
  const { orchestrator = {}, prepare = () => undefined, cwd = (agent) => `work/${agent}`, hold = async () => undefined } = options;
  const given = options.given ?? ((agent: string) => [cwd(agent)]);
  const folder = temporaryFolder();
  const answer = script(plan, folder);
  server = await chatServer(async (request) => {
    await hold(request);
    // The server may need longer to start than a first request waits for it: then the call is made again.
    if (isNoTool(toolTexts(request).at(-1) ?? "")) await new Promise((resolve) => setTimeout(resolve, 200));
    return answer(request);
  });
  const baseUrl = server.baseUrl;
  prepare(folder);
  writeConfig(folder, {
    agents: ["alice", "bob"].map((id) => ({
      id,
      backend: {
        type: "chatcompletion",
        model: id,
        base_url: baseUrl,
        api_key: "test-key-000",
        cwd: cwd(id),
        mcp_servers: { files: { command: process.execPath, args: [filesystem, ...given(id)] } },
      },
    })),
    orchestrator: { snapshot_storage: "snapshots", agent_temporary_workspace: "shown", ...orchestrator },
  });
  return { folder, served: server, run: (...args) => runCli(args, { cwd: folder }) };
}

const notes = (agent: string, folder: string): readonly Call[] => [write(join(folder, "work", agent, "note.txt"), `note of ${agent}`)];
const read = (...parts: readonly string[]): string => readFileSync(join(...parts), "utf8");
const everything = (folder: string): readonly string[] => readdirSync(folder, { recursive: true }).map(String).toSorted();

describe("working folders of agents with a filesystem server", () => {
  test("each sees copies of the others' files under labels, and the winner's are kept and named (REQ-WORKSPACE-2, REQ-WORKSPACE-5)", async () => {
    const { folder, served, run } = await place({ best: "alice", first: notes });
    const result = await run("--config", "config.json", "--display", "json", "Write a note.");
    expect(result, result.stderr).toMatchObject({ code: 0 });
    // Writing into its own folder an agent destroys nothing of anybody's.
    expect(result.stdout).not.toContain("destroys or overwrites");
    const voting = served.requests.filter(({ tools }) => tools.includes("vote"));
    for (const model of ["alice", "bob"]) {
      const told = voting.filter((request) => request.model === model).at(-1);
      const shown = told === undefined ? [] : shownIn(told);
      expect(shown.map(([label]) => label).toSorted()).toEqual(["agent1", "agent2"]);
      expect(shown.map(([, place]) => place)).toEqual(
        shown.map(([label]) => expect.stringMatching(new RegExp(`/shown/desk-\\d/${label}$`))),
      );
      // Labels only: nobody's id stands in what another agent is told.
      expect(textOf(told as ChatRequest)).not.toContain(model === "alice" ? "work/bob" : "work/alice");
    }
    const final = JSON.parse(result.stdout.trim().split("\n").at(-1) ?? "{}") as {
      workspace: string;
      runPath: string;
      winner: { id: string };
    };
    expect(final.winner.id).toBe("alice");
    expect(final.workspace).toBe(join(final.runPath, "final/files/workspace"));
    expect(read(final.workspace, "note.txt")).toBe("note of alice");
    const [stored = ""] = readdirSync(join(folder, "snapshots")).filter((name) => !name.startsWith("."));
    expect(read(folder, "snapshots", stored, "bob/1/workspace/note.txt")).toBe("note of bob");
    const plain = await run("show", "last");
    expect(plain.stderr).toContain(`Files of the answer: ${final.workspace}`);
    expect((await run("export", "last")).stdout).toContain(final.workspace);
    expect((await run("export", "last", "--format", "html")).stdout).toContain(final.workspace);
    // What was only shown is gone, what the agents made is not.
    expect(everything(join(folder, "shown")).filter((name) => name.includes("note"))).toEqual([]);
    expect(read(folder, "work/bob/note.txt")).toBe("note of bob");
  });

  test("another agent's folder, what is shown, and what a link leads to cannot be reached through the server (REQ-WORKSPACE-4)", async () => {
    const tries = (agent: string, folder: string): readonly Call[] => [
      ...notes(agent, folder),
      call("read_text_file", { path: join(folder, agent === "alice" ? "work/bob/mine.txt" : "work/alice/mine.txt") }),
      call("read_text_file", { path: join(folder, "work", agent, "link/secret.txt") }),
      write(join(folder, "shown/desk-1/agent1/new.txt"), "x"),
      call("list_directory", { path: join(folder, "snapshots") }),
      call("move_file", { source: join(folder, "work", agent, "note.txt"), destination: join(folder, "moved.txt") }),
    ];
    const { served, run, folder } = await place(
      { best: "bob", first: tries },
      {
        prepare: (at) => {
          for (const agent of ["alice", "bob"]) {
            mkdirSync(join(at, "work", agent), { recursive: true });
            writeFileSync(join(at, "work", agent, "mine.txt"), "private words");
            symlinkSync(join(at, "outside"), join(at, "work", agent, "link"));
          }
          mkdirSync(join(at, "outside"));
          writeFileSync(join(at, "outside/secret.txt"), "secret words");
        },
      },
    );
    expect((await run("--config", "config.json", "Try.")).stdout).toBe("Presented.\n");
    for (const model of ["alice", "bob"]) {
      const first = served.requests.filter(
        (request) => request.model === model && !request.tools.includes("vote") && request.tools.includes("new_answer"),
      );
      const refused = toolTexts(first.at(-1) as ChatRequest).filter((text) => text.includes("was not allowed"));
      expect(refused).toHaveLength(5);
    }
    const said = served.requests.map(textOf).join("\n");
    expect(said).not.toContain("secret words");
    expect(existsSync(join(folder, "moved.txt"))).toBe(false);
    // The snapshot has no link, the working folder keeps it.
    expect(everything(join(folder, "snapshots")).filter((name) => /link|secret/.test(name))).toEqual([]);
    expect(existsSync(join(folder, "work/alice/link/secret.txt"))).toBe(true);
  });

  test("a folder larger than the limit is said once and costs the run nothing; what lay in the folders stays (REQ-WORKSPACE-9, REQ-WORKSPACE-1)", async () => {
    const { run, folder } = await place(
      { best: "bob", first: notes },
      {
        orchestrator: { snapshot_limit_mb: 0.01 },
        prepare: (at) => {
          mkdirSync(join(at, "work/alice"), { recursive: true });
          writeFileSync(join(at, "work/alice/large.bin"), Buffer.alloc(20_000));
          for (const name of ["shown", "snapshots"]) {
            mkdirSync(join(at, name));
            writeFileSync(join(at, name, "mine.txt"), "mine");
          }
        },
      },
    );
    const result = await run("--config", "config.json", "Write a note.");
    expect(result.stdout).toBe("Presented.\n");
    expect(result.stderr.match(/The files of alice\.1 were not copied: it has more than 0\.01 MB \(snapshot_limit_mb\)/g)).toHaveLength(1);
    for (const name of ["shown", "snapshots"]) expect(read(folder, name, "mine.txt")).toBe("mine");
    expect(existsSync(join(folder, "work/alice/large.bin"))).toBe(true);
    expect((await run("show", "last", "--json")).stdout).toContain('"workspace": "/');
  });

  test("a server that has no folders is given the agent's, and agents with one folder each get their own below it (REQ-WORKSPACE-7)", async () => {
    const own = (agent: string, folder: string): readonly Call[] => [
      write(join(folder, "work", agent === "alice" ? "desk-1" : "desk-2", "note.txt"), `note of ${agent}`),
      call("list_directory", { path: join(folder, "work") }),
    ];
    const { run, folder, served } = await place({ best: "bob", first: own }, { cwd: () => "work", given: () => [] });
    const result = await run("--config", "config.json", "Write a note.");
    expect(result.stdout).toBe("Presented.\n");
    expect(result.stderr).toContain(`bob works in ${join(folder, "work/desk-2")}`);
    expect([read(folder, "work/desk-1/note.txt"), read(folder, "work/desk-2/note.txt")]).toEqual(["note of alice", "note of bob"]);
    expect(served.requests.filter((request) => toolTexts(request).some((text) => text.includes("was not allowed")))).not.toEqual([]);
  });

  test("folders that would mix, leak or swallow files are refused, all problems at once (REQ-WORKSPACE-7)", async () => {
    const plan = { best: "bob", first: notes };
    const { run } = await place(plan, {
      cwd: (agent) => (agent === "alice" ? "." : "work"),
      given: (agent) => (agent === "alice" ? ["."] : ["work", "snapshots"]),
    });
    const result = await run("--config", "config.json", "Write a note.");
    expect(result.code).toBe(2);
    for (const text of [
      "The `cwd` of alice",
      "holds the folder massgen was started in",
      "The tools of bob are given",
      "where the snapshot storage lies",
      "lies in that of alice",
    ])
      expect(result.stderr).toContain(text);
    expect(server?.requests).toEqual([]);
  });

  test("two processes do not work in the same folders (REQ-WORKSPACE-7)", async () => {
    const asked = Promise.withResolvers<void>();
    const { run, folder } = await place(
      { best: "bob", first: notes },
      { hold: () => (asked.resolve(), new Promise<never>(() => undefined)) },
    );
    const running = startCli(["--config", "config.json", "Write a note."], { cwd: folder });
    await Promise.race([asked.promise, running.ended]);
    const second = await run("--config", "config.json", "Write a note.");
    expect([second.code, second.stderr]).toEqual([2, expect.stringContaining("Another massgen works in the same folders")]);
    running.child.kill("SIGKILL");
    await running.ended;
  });
});

describe("paths for all agents", () => {
  const prepare = (at: string): void => {
    for (const name of ["docs", "src"]) mkdirSync(join(at, name));
    writeFileSync(join(at, "docs/guide.txt"), "the guide");
    writeFileSync(join(at, "src/main.txt"), "as it was");
    writeFileSync(join(at, "src/other.txt"), "other");
  };
  const context_paths = ["docs", { path: "src", permission: "write" }];

  test("are read by everybody and written where they may be, each by everybody at once unless the winner writes (REQ-WORKSPACE-10)", async () => {
    const first = (agent: string, folder: string): readonly Call[] => [
      ...notes(agent, folder),
      call("read_text_file", { path: join(folder, "docs/guide.txt") }),
      write(join(folder, "docs/guide.txt"), "spoilt"),
      write(join(folder, `src/of-${agent}.txt`), agent),
    ];
    const { run, folder, served } = await place({ best: "bob", first }, { prepare, orchestrator: { context_paths } });
    expect((await run("--config", "config.json", "Change it.")).stdout).toBe("Presented.\n");
    expect(textOf(served.requests[0] as ChatRequest)).toContain(`You may read ${join(folder, "docs")}.`);
    expect(served.requests.map(textOf).join()).toContain("the guide");
    expect(read(folder, "docs/guide.txt")).toBe("the guide");
    expect(readdirSync(join(folder, "src")).toSorted()).toEqual(["main.txt", "of-alice.txt", "of-bob.txt", "other.txt"]);
  });

  const change = (agent: string, folder: string): readonly Call[] => {
    const staged = join(folder, "shown", agent === "alice" ? "desk-1" : "desk-2", "paths/src");
    return [
      ...notes(agent, folder),
      write(join(staged, "main.txt"), `changed by ${agent}`),
      write(join(staged, `of-${agent}.txt`), agent),
      write(join(folder, "src/main.txt"), "written directly"),
      call("move_file", { source: join(staged, "other.txt"), destination: join(staged, "moved.txt") }),
    ];
  };

  test("with `writes: winner` agents work on copies, and only the winner's changes arrive (REQ-WORKSPACE-8)", async () => {
    const { run, folder, served } = await place(
      { best: "bob", first: change },
      { prepare, orchestrator: { context_paths, writes: "winner" } },
    );
    const result = await run("--config", "config.json", "Change it.");
    expect(result, result.stderr).toMatchObject({ code: 0, stdout: "Presented.\n" });
    expect(readdirSync(join(folder, "src")).toSorted()).toEqual(["main.txt", "moved.txt", "of-bob.txt", "other.txt"]);
    expect(read(folder, "src/main.txt")).toBe("changed by bob");
    const presenting = served.requests.find(({ tools }) => !tools.includes("new_answer"));
    expect(textOf(presenting as ChatRequest)).toContain("3 files were carried over");
    expect(textOf(presenting as ChatRequest)).toContain("left where they were: other.txt");
    const voter = served.requests.findLast(({ tools, model }) => tools.includes("vote") && model === "alice");
    expect(textOf(voter as ChatRequest)).toMatch(/- agent\d: \S+agent\d, \S+agent\d-src/);
  });

  test("what somebody else changed meanwhile is left as it is, said, and makes the run degraded (REQ-WORKSPACE-8)", async () => {
    let changed = false;
    let at = "";
    const { run, folder } = await place(
      { best: "alice", first: change },
      {
        prepare: (place) => prepare((at = place)),
        orchestrator: { context_paths, writes: "winner" },
        hold: async ({ tools }) => {
          if (changed || !tools.includes("vote")) return;
          changed = true;
          writeFileSync(join(at, "src/main.txt"), "changed by a person");
        },
      },
    );
    const result = await run("--config", "config.json", "--strict", "Change it.");
    expect(result.code).toBe(5);
    expect(result.stderr).toMatch(/Degraded: One file in \S+src had been changed meanwhile/);
    expect(read(folder, "src/main.txt")).toBe("changed by a person");
    expect(read(folder, "src/of-alice.txt")).toBe("alice");
    const kept = /Files of the answer: (\S+)/.exec(result.stderr)?.[1] ?? "";
    expect(read(kept, "../src/main.txt")).toBe("changed by alice");
  });
});

describe("a run that was killed", () => {
  test("finds its snapshots again, makes those anew that are not whole, and gives no answer twice (REQ-WORKSPACE-6)", async () => {
    const asked = Promise.withResolvers<void>();
    let killed = false;
    const { run, folder, served } = await place(
      { best: "bob", first: notes },
      {
        hold: async ({ tools }) => {
          if (killed || !tools.includes("vote")) return;
          asked.resolve();
          await new Promise<never>(() => undefined);
        },
      },
    );
    const running = startCli(["--config", "config.json", "Write a note."], { cwd: folder });
    await Promise.race([asked.promise, running.ended]);
    running.child.kill("SIGKILL");
    await running.ended;
    killed = true;
    const before = served.requests.length;
    const [stored = ""] = readdirSync(join(folder, "snapshots")).filter((name) => !name.startsWith("."));
    const snapshots = join(folder, "snapshots", stored);
    // One is damaged, one was being made: whole ones are used, these are not.
    rmSync(join(snapshots, "bob/1/workspace/note.txt"));
    cpSync(join(snapshots, "alice/1"), join(snapshots, "alice/1.half-0123abcd"), { recursive: true });
    const made = statSync(join(snapshots, "alice/1/workspace/note.txt")).ino;
    const resumed = await run("resume", "last");
    expect(resumed, resumed.stderr).toMatchObject({ code: 0, stdout: "Presented.\n" });
    expect(read(snapshots, "bob/1/workspace/note.txt")).toBe("note of bob");
    expect(statSync(join(snapshots, "alice/1/workspace/note.txt")).ino).toBe(made);
    expect(readdirSync(join(snapshots, "alice")).filter((name) => !name.startsWith("."))).toEqual(["1"]);
    expect(served.requests.slice(before).filter(({ tools }) => tools.includes("new_answer") && !tools.includes("vote"))).toEqual([]);
    const shown = (await run("show", "last", "--json")).stdout;
    expect(read((JSON.parse(shown) as { workspace: string }).workspace, "note.txt")).toBe("note of bob");
  });
});
