// The real Claude Code with its own file tools beside an agent with a filesystem server: both see each other's files, and neither leaves its folders.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { chatServer, type ChatReply, type ChatRequest, type ChatServer } from "../src/testing/index.ts";
import { startMessagesServer, type MessagesReply, type MessagesRequest, type MessagesServer } from "../src/testing/messages-server.ts";
import { claudeCodeBinary, hasClaudeCode } from "./support/claude-code-binary.ts";
import { packageBin } from "./support/real-servers.ts";
import { runCli, temporaryFolder, writeConfig } from "./support/run-cli.ts";

let chat: ChatServer | null = null;
let messages: MessagesServer | null = null;
afterEach(async () => {
  await chat?.close();
  await messages?.close();
});

/** Label and folder of each answer, as the text says. */
const shownIn = (text: string): readonly (readonly [string, string])[] => [
  ...new Map(Array.from(text.matchAll(/- (agent\d): (\/[^\s\\,"]+)/g), ([, label = "", folder = ""]) => [label, folder] as const)),
];

/** Claude Code writes, tries what it may not, answers, reads what it is shown, and votes for its own answer. */
function code(folder: string): (request: MessagesRequest) => MessagesReply {
  const outside = join(folder, "outside/secret.txt");
  const work = join(folder, "work/code");
  const first: readonly (readonly { readonly name: string; readonly input: object }[])[] = [
    [{ name: "Write", input: { file_path: join(work, "note.txt"), content: "note of code" } }],
    [{ name: "Read", input: { file_path: outside } }],
    [{ name: "Write", input: { file_path: join(folder, "work/bob/planted.txt"), content: "x" } }],
    [{ name: "Bash", input: { command: `cat ${outside}`, description: "read" } }],
    [{ name: "Glob", input: { pattern: `${join(folder, "outside")}/*` } }],
    [{ name: "mcp__massgen__new_answer", input: { content: "Answer of code." } }],
  ];
  let step = -1;
  return (request) => {
    step += 1;
    const now = first[step];
    if (now !== undefined) return { toolCalls: now };
    const said = JSON.stringify(request.messages);
    const shown = shownIn(said);
    if (said.includes("No tools can be called now")) return { text: "Presented." };
    if (step === first.length)
      return {
        toolCalls: shown.flatMap(([, place]) => [
          { name: "Read", input: { file_path: join(place, "note.txt") } },
          { name: "Write", input: { file_path: join(place, "new.txt"), content: "x" } },
        ]),
      };
    return { toolCalls: [{ name: "mcp__massgen__vote", input: { agent_id: ownLabel(shown), reason: "Mine." } }] };
  };
}

/** Where the copies lie is known to the test alone. */
function ownLabel(shown: readonly (readonly [string, string])[]): string {
  const own = shown.find(
    ([, place]) => existsSync(join(place, "note.txt")) && readFileSync(join(place, "note.txt"), "utf8") === "note of code",
  );
  return own?.[0] ?? "agent1";
}

function bob(folder: string): (request: ChatRequest) => Promise<ChatReply> {
  return async ({ tools, messages: talk }) => {
    if (!tools.includes("new_answer")) return { text: "Presented." };
    const call = (name: string, input: object): ChatReply => ({ toolCalls: [{ name, arguments: input }] });
    if (tools.includes("vote")) return call("vote", { agent_id: ownLabel(shownIn(JSON.stringify(talk))), reason: "Good." });
    const last = JSON.stringify(talk.at(-1));
    if (last.includes("Successfully wrote")) return call("new_answer", { content: "Answer of bob." });
    // The server may need longer to start than a first request waits for it: then the call is made again.
    if (last.includes("There is no tool named")) await new Promise((resolve) => setTimeout(resolve, 200));
    return call("mcp__files__write_file", { path: join(folder, "work/bob/note.txt"), content: "note of bob" });
  };
}

describe.skipIf(!hasClaudeCode)("working folders of Claude Code", () => {
  test("its own tools stay in its folders, it reads the others' copies, and what lay in its folder stays (REQ-WORKSPACE-4, REQ-WORKSPACE-2, REQ-WORKSPACE-1)", async () => {
    const folder = temporaryFolder();
    for (const name of ["work/code", "work/bob", "outside"]) mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, "outside/secret.txt"), "secret words");
    writeFileSync(join(folder, "work/code/mine.txt"), "was there before");
    chat = await chatServer(bob(folder));
    messages = await startMessagesServer(code(folder));
    const filesystem = packageBin("@modelcontextprotocol/server-filesystem");
    writeConfig(folder, {
      agents: [
        {
          id: "code",
          backend: {
            type: "claude_code",
            model: "claude-sonnet-4-5",
            base_url: messages.url,
            api_key: "test-key-000",
            claude_code_path: claudeCodeBinary,
            cwd: "work/code",
            permission_mode: "bypassPermissions",
            max_retries: 0,
          },
        },
        {
          id: "bob",
          backend: {
            type: "chatcompletion",
            model: "bob",
            base_url: chat.baseUrl,
            api_key: "test-key-000",
            cwd: "work/bob",
            mcp_servers: { files: { command: process.execPath, args: [filesystem, "work/bob"] } },
          },
        },
      ],
      orchestrator: { snapshot_storage: "snapshots", agent_temporary_workspace: "shown", early_decision: false },
    });
    const run = await runCli(["--config", "config.json", "--output", "result.json", "Write a note."], { cwd: folder });
    expect(run, run.stderr).toMatchObject({ code: 0, stdout: "Presented.\n" });
    const said = JSON.stringify(messages.requests.at(-1)?.messages);
    expect(said).not.toContain("secret words");
    expect(said.match(/lies outside/g)?.length).toBeGreaterThanOrEqual(6);
    expect(existsSync(join(folder, "work/bob/planted.txt"))).toBe(false);
    // Both copies were read, none was written to.
    expect(said).toContain("note of bob");
    expect(said).toContain("note of code");
    const result = JSON.parse(readFileSync(join(folder, "result.json"), "utf8")) as { winner: { id: string }; workspace: string };
    expect(result.winner.id).toBe("code");
    expect(readFileSync(join(result.workspace, "note.txt"), "utf8")).toBe("note of code");
    expect(readFileSync(join(result.workspace, "mine.txt"), "utf8")).toBe("was there before");
    expect(existsSync(join(result.workspace, "new.txt"))).toBe(false);
    expect(readFileSync(join(folder, "work/code/mine.txt"), "utf8")).toBe("was there before");
  });
});
