// A council on a scripted provider, and the official MCP client that asks it: what the tests of the server have in common.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Client, type Transport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { afterEach } from "vitest";
import { chatServer, councilScript, type ChatRequest, type ChatScript, type ChatServer } from "../../src/testing/index.ts";
import { bareEnvironment, cliPath, temporaryFolder, writeConfig } from "./run-cli.ts";

const cleanups: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});
/** Is undone after the test, the newest first. */
export const atEnd = (cleanup: () => Promise<unknown> | void): void => void cleanups.push(cleanup);

type Place = { readonly folder: string; readonly served: ChatServer };

export async function place(script: ChatScript, { agents = 2, mcp = {} }: { agents?: number; mcp?: object } = {}): Promise<Place> {
  const served = await chatServer(script);
  atEnd(() => served.close());
  const folder = temporaryFolder();
  const backend = {
    type: "chatcompletion",
    model: "scripted",
    base_url: served.baseUrl,
    api_key: "test-key-000",
    mcp_servers: mcp,
  };
  writeConfig(folder, { agents: Array.from({ length: agents }, (_, index) => ({ id: `a${index + 1}`, backend })) });
  return { folder, served };
}

type Told = { readonly progress: string[]; readonly logs: { readonly level: string; readonly data: Record<string, unknown> }[] };
type Asking = { readonly client: Client; readonly told: Told; ask(args: object, signal?: AbortSignal): Promise<Answer> };
type Answer = {
  readonly isError?: boolean;
  readonly content: readonly { readonly text: string }[];
  readonly structuredContent?: Record<string, unknown>;
};
type Elicit = (
  message: string,
  schema: unknown,
) => { readonly action: "accept" | "decline"; readonly content?: { [field: string]: string | number } };

export async function connect(transport: Transport, elicit: Elicit | null = null): Promise<Asking> {
  const client = new Client({ name: "tester", version: "1.2.3" }, { capabilities: elicit === null ? {} : { elicitation: { form: {} } } });
  const told: Told = { progress: [], logs: [] };
  client.setNotificationHandler("notifications/message", ({ params }) => {
    told.logs.push({ level: params.level, data: params.data as Record<string, unknown> });
  });
  if (elicit !== null)
    client.setRequestHandler("elicitation/create", ({ params }) =>
      elicit(params.message, "requestedSchema" in params ? params.requestedSchema : null),
    );
  await client.connect(transport);
  atEnd(() => client.close());
  return {
    client,
    told,
    ask: async (args, signal) =>
      (await client.callTool(
        { name: "ask_council", arguments: { ...args } },
        {
          onprogress: ({ message }) => void told.progress.push(message ?? ""),
          ...(signal === undefined ? {} : { signal }),
          timeout: 60_000,
        },
      )) as unknown as Answer,
  };
}

export const stdio = (folder: string, args: readonly string[] = ["--config", "config.json"]): StdioClientTransport =>
  new StdioClientTransport({
    command: process.execPath,
    args: [cliPath, "serve", "--mcp", ...args],
    cwd: folder,
    env: bareEnvironment(folder),
    stderr: "pipe",
  });

/** A council whose votes wait until they are released; `held` resolves with the first of them. */
export function heldVotes(): { readonly script: ChatScript; readonly held: Promise<ChatRequest>; release(): void } {
  const council = councilScript();
  const held = Promise.withResolvers<ChatRequest>();
  const released = Promise.withResolvers<void>();
  return {
    held: held.promise,
    release: released.resolve,
    script: async (request) => {
      if (!request.tools.includes("vote")) return council(request);
      held.resolve(request);
      await Promise.race([released.promise, new Promise((resolve) => request.gone.addEventListener("abort", resolve))]);
      return council(request);
    },
  };
}

export const gone = ({ gone: signal }: ChatRequest): Promise<unknown> =>
  signal.aborted ? Promise.resolve() : new Promise((resolve) => signal.addEventListener("abort", resolve));
export const lastEntry = (runFolder: string): { readonly type: string; readonly result: { readonly outcome: string } } =>
  JSON.parse(readFileSync(join(runFolder, "events.jsonl"), "utf8").trimEnd().split("\n").at(-1) ?? "") as never;
