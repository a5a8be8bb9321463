// Working folders in whole runs of the built program: real filesystem servers, files that are shown under labels, the winner's files kept.
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { chatServer, type ChatReply, type ChatRequest, type ChatServer } from "../src/testing/index.ts";
import { packageBin } from "./support/real-servers.ts";
import { runCli, temporaryFolder, writeConfig, type CliRun } from "./support/run-cli.ts";

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

/** Label and folder of each answer, as the last prompt says. */
function shownIn(request: ChatRequest): readonly (readonly [string, string])[] {
  const last = JSON.stringify(request.messages.findLast(({ role }) => role === "user")?.content ?? "");
  return Array.from(last.matchAll(/- (agent\d): (\/[^\s\\,"]+)/g), ([, label = "", folder = ""]) => [label, folder] as const);
}

function script({ best, first, present }: Plan, folder: string): (request: ChatRequest) => ChatReply {
  const steps = new Map<string, number>();
  return (request) => {
    const { model, tools } = request;
    if (!tools.includes("new_answer")) {
      present?.();
      return { text: "Presented." };
    }
    const step = (steps.get(model) ?? 0) + 1;
    steps.set(model, step);
    const planned = first(model, folder)[step - 1];
    if (!tools.includes("vote"))
      return planned ? { toolCalls: [planned] } : { toolCalls: [{ name: "new_answer", arguments: { content: `Answer of ${model}.` } }] };
    const shown = shownIn(request);
    const reads = toolTexts(request).filter((text) => text.includes("note of"));
    if (reads.length < shown.length)
      return { toolCalls: shown.map(([, place]) => call("read_text_file", { path: join(place, "note.txt") })) };
    const at = shown.findIndex((_, index) => reads[index]?.includes(best));
    return { toolCalls: [{ name: "vote", arguments: { agent_id: shown[at]?.[0] ?? "agent1", reason: "Its files are better." } }] };
  };
}

type Place = { readonly folder: string; readonly served: ChatServer; readonly run: (...args: readonly string[]) => Promise<CliRun> };

async function place(plan: Plan, more: object = {}, prepare: (folder: string) => void = () => undefined): Promise<Place> {
  const folder = temporaryFolder();
  server = await chatServer(script(plan, folder));
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
        cwd: `work/${id}`,
        mcp_servers: { files: { command: process.execPath, args: [filesystem, `work/${id}`] } },
      },
    })),
    orchestrator: { snapshot_storage: "snapshots", agent_temporary_workspace: "shown", ...more },
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
    const { served, run, folder } = await place({ best: "bob", first: tries }, {}, (at) => {
      for (const agent of ["alice", "bob"]) {
        mkdirSync(join(at, "work", agent), { recursive: true });
        writeFileSync(join(at, "work", agent, "mine.txt"), "private words");
        symlinkSync(join(at, "outside"), join(at, "work", agent, "link"));
      }
      mkdirSync(join(at, "outside"));
      writeFileSync(join(at, "outside/secret.txt"), "secret words");
    });
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
    const { run, folder } = await place({ best: "bob", first: notes }, { snapshot_limit_mb: 0.01 }, (at) => {
      mkdirSync(join(at, "work/alice"), { recursive: true });
      writeFileSync(join(at, "work/alice/large.bin"), Buffer.alloc(20_000));
      for (const name of ["shown", "snapshots"]) {
        mkdirSync(join(at, name));
        writeFileSync(join(at, name, "mine.txt"), "mine");
      }
    });
    const result = await run("--config", "config.json", "Write a note.");
    expect(result.stdout).toBe("Presented.\n");
    expect(result.stderr.match(/The files of alice\.1 were not copied: it has more than 0\.01 MB \(snapshot_limit_mb\)/g)).toHaveLength(1);
    for (const name of ["shown", "snapshots"]) expect(read(folder, name, "mine.txt")).toBe("mine");
    expect(existsSync(join(folder, "work/alice/large.bin"))).toBe(true);
    expect((await run("show", "last", "--json")).stdout).toContain('"workspace": "/');
  });
});
