// The client that the conformance suite starts: our MCP layer, driven like an agent would, with the server's address as its last argument.
// It calls what the scenario asks for, else every tool once with arguments made from its schema. Exit code 1 when a server or a call failed.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { McpServerConfig } from "../../src/config/types.ts";
import { agentId, callId, turnId, type Json } from "../../src/core/index.ts";
import { createIo } from "../../src/io/index.ts";
import { createBroker, type JsonSchema, type OfferedTool } from "../../src/mcp/index.ts";
import { PLAIN_SERVER } from "../../src/testing/plain-server.ts";

type Context = { readonly [key: string]: string | undefined } & {
  readonly toolCalls?: readonly { readonly name: string; readonly arguments: Json }[];
};
type Call = { readonly tool: string; readonly input: Json };

const url = process.argv.at(-1) ?? "";
const scenario = process.env["MCP_CONFORMANCE_SCENARIO"] ?? "";
const revision = process.env["MCP_CONFORMANCE_PROTOCOL_VERSION"] ?? "";
const context = JSON.parse(process.env["MCP_CONFORMANCE_CONTEXT"] ?? "{}") as Context;
const AGENT = agentId("conformance");

/** The `auth` block a person would write for this scenario. */
function authFor(): Json {
  const { client_id, client_secret } = context;
  if (context["private_key_pem"] !== undefined)
    return {
      grant: "client_credentials",
      client_id: client_id ?? "",
      private_key: context["private_key_pem"],
      algorithm: context["signing_algorithm"] ?? "ES256",
    };
  if (context["idp_id_token"] !== undefined) {
    return {
      grant: "cross_app",
      client_id: client_id ?? "",
      client_secret: client_secret ?? "",
      idp: {
        issuer: context["idp_issuer"] ?? "",
        client_id: context["idp_client_id"] ?? "",
        id_token: context["idp_id_token"],
        token_endpoint: context["idp_token_endpoint"] ?? null,
      },
    };
  }
  if (context["valid_jwt"] !== undefined) return { grant: "jwt_bearer", client_id: client_id ?? "", assertion: context["valid_jwt"] };
  if (scenario.includes("client-credentials"))
    return { grant: "client_credentials", client_id: client_id ?? "", client_secret: client_secret ?? "" };
  if (client_id !== undefined) return { client_id, client_secret: client_secret ?? null, issuer: context["issuer"] ?? null };
  return { client_metadata_url: "https://conformance-test.local/client-metadata.json", dpop: scenario.includes("dpop") };
}

const server: McpServerConfig = {
  ...PLAIN_SERVER,
  name: "suite",
  transport: { type: "streamable-http", url, headers: {}, timeoutMs: null, readTimeoutMs: null },
  maxProcesses: 1,
  idleTimeoutMs: 0,
  lazy: false,
  connectTimeoutMs: 15_000,
  callTimeoutMs: 15_000,
  maxTotalTimeoutMs: 20_000,
  restart: { max: 0, backoffMs: 10 },
  maxMessageBytes: 4 * 1024 * 1024,
  protocol: revision === "2026-07-28" ? "auto" : "legacy",
  extra: scenario.startsWith("auth/") ? { auth: authFor() } : {},
};

function sample(schema: JsonSchema): Json {
  if (typeof schema === "boolean") return null;
  const {
    type,
    properties,
    enum: choices,
    required,
  } = schema as { type?: string; properties?: Record<string, JsonSchema>; enum?: readonly Json[]; required?: readonly string[] };
  if (choices?.[0] !== undefined) return choices[0];
  if (type === "object" || properties !== undefined)
    return Object.fromEntries((required ?? []).map((name) => [name, sample(properties?.[name] ?? {})]));
  return type === "number" || type === "integer" ? 5 : type === "boolean" ? true : type === "array" ? [] : "text";
}

function callsFor(tools: readonly OfferedTool[]): readonly Call[] {
  if (scenario === "json-schema-ref-no-deref") return []; // Its server lists a tool that it cannot be called for.
  if (context.toolCalls !== undefined) return context.toolCalls.map(({ name, arguments: input }) => ({ tool: name, input }));
  const focal = tools.find(({ tool }) => tool === "json_schema_2020_12_tool");
  if (focal !== undefined)
    return tools.filter(({ tool }) => tool !== focal.tool).map(({ tool }) => ({ tool, input: { schema: focal.inputSchema as Json } }));
  const calls = tools.map(({ tool, inputSchema }) => ({ tool, input: sample(inputSchema) }));
  // The authorization server of these moves after the first accepted request; and a right answer must come twice.
  return scenario === "auth/authorization-server-migration" ? [...calls, ...calls] : calls;
}

async function main(): Promise<boolean> {
  const home = mkdtempSync(path.join(tmpdir(), "massgen-conformance-"));
  let good = true;
  const complain = (text: string): void => {
    good = false;
    console.error(text);
  };
  const broker = createBroker({
    agents: [{ id: AGENT, servers: [server] }],
    io: createIo(),
    stateDir: path.join(home, "state"),
    cacheDir: path.join(home, "cache"),
    elicit: async () => ({ action: "accept", content: {} }),
    record: async (event) => {
      if (event.type === "mcp-server-state" && event.state === "failed") complain(event.message ?? "The server failed.");
      if (event.type === "warning") console.error(event.message);
    },
  });
  try {
    const tools = broker.forAgent(AGENT);
    await tools.settled(20_000, new AbortController().signal);
    const offered = tools.list();
    const turn = turnId(AGENT, 1);
    const call = async ({ tool, input }: Call, number: number): Promise<void> => {
      const name = offered.find((candidate) => candidate.tool === tool)?.name ?? tool;
      const outcome = await tools.call({
        turn,
        step: 1,
        call: callId(turn, 1, number),
        providerCall: `p${number}`,
        name,
        input,
        signal: AbortSignal.timeout(25_000),
      });
      console.log(`${tool}: ${JSON.stringify(outcome).slice(0, 300)}`);
      if (!outcome.ok && outcome.code !== "tool-error") complain(`${tool}: ${outcome.message}`);
    };
    for (const [index, wanted] of callsFor(offered).entries()) await call(wanted, index + 1);
  } finally {
    await broker.close();
    rmSync(home, { recursive: true, force: true });
  }
  return good;
}

process.exitCode = (await main()) ? 0 : 1;
