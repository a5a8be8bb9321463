// Telemetry as a collector sees it: the built program with a real OTLP endpoint on this machine, and without one.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { chatServer, loopbackServer, type ChatScript } from "../src/testing/index.ts";
import { runCli, temporaryFolder, writeConfig } from "./support/run-cli.ts";

type Value = { readonly stringValue?: string; readonly intValue?: number | string; readonly arrayValue?: unknown };
type Attribute = { readonly key: string; readonly value: Value };
type Span = {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
};
type Traces = {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
};
type Metrics = {
  readonly resourceMetrics: readonly { readonly scopeMetrics: readonly { readonly metrics: readonly { readonly name: string }[] }[] }[];
};

async function collector() {
  const bodies: { readonly path: string; readonly body: string }[] = [];
  const server = await loopbackServer(({ path, body, response }) => {
    bodies.push({ path, body });
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  const spans = (): readonly Span[] =>
    bodies
      .filter(({ path }) => path === "/v1/traces")
      .flatMap(({ body }) => (JSON.parse(body) as Traces).resourceSpans)
      .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans: inside }) => inside));
  const metrics = (): readonly string[] =>
    bodies
      .filter(({ path }) => path === "/v1/metrics")
      .flatMap(({ body }) => (JSON.parse(body) as Metrics).resourceMetrics)
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics: inside }) => inside.map(({ name }) => name)));
  return { url: server.url, bodies, spans, metrics, close: server.close };
}

/** Reads once, answers, votes, presents. */
const script: ChatScript = ({ tools, messages }) => {
  const read = tools.find((name) => name.endsWith("read"));
  if (read !== undefined && !messages.some(({ role }) => role === "tool")) return { toolCalls: [{ name: read, arguments: { n: 4711 } }] };
  if (tools.includes("vote")) return { toolCalls: [{ name: "vote", arguments: { agent_id: "agent1", reason: "secret-reason" } }] };
  if (tools.includes("new_answer"))
    return { toolCalls: [{ name: "new_answer", arguments: { content: `secret-answer ${messages.length}` } }] };
  return { text: "secret-presentation" };
};

async function council(env: Readonly<Record<string, string>>) {
  const folder = temporaryFolder();
  const server = await chatServer(script);
  const servers = {
    counter: { command: process.execPath, args: [join(import.meta.dirname, "servers/counting-server.mjs"), join(folder, "log.jsonl")] },
  };
  const backend = { type: "chatcompletion", model: "scripted", base_url: server.baseUrl, api_key: "test-key-000", mcp_servers: servers };
  const config = writeConfig(folder, { agents: ["a", "b"].map((id) => ({ id, backend })) });
  const run = await runCli(["--config", config, "--output", "result.json", "secret-question?"], { cwd: folder, env });
  await server.close();
  return { run, runId: (JSON.parse(readFileSync(join(folder, "result.json"), "utf8")) as { runId: string }).runId };
}

const attribute = ({ attributes }: Pick<Span, "attributes">, key: string): string | undefined =>
  attributes.find((one) => one.key === key)?.value.stringValue;

describe("telemetry", () => {
  test("a run is one trace: run, turns, model calls and tool calls, each inside the one it belongs to, and no word of it (REQ-OTEL-1)", async () => {
    const to = await collector();
    const { run, runId } = await council({ OTEL_EXPORTER_OTLP_ENDPOINT: to.url });
    await to.close();
    expect(run.code, run.stderr).toBe(0);
    const spans = to.spans();
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    const parent = (span: Span): string | null => byId.get(span.parentSpanId ?? "")?.name ?? null;
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    const root = spans.filter(({ name }) => name === "massgen.run");
    expect(root.map((span) => attribute(span, "massgen.run.id"))).toEqual([runId]);
    expect(root.map((span) => attribute(span, "massgen.outcome"))).toEqual(["answered"]);
    for (const span of spans) {
      expect(BigInt(span.endTimeUnixNano) >= BigInt(span.startTimeUnixNano)).toBe(true);
      if (span.name.startsWith("invoke_agent")) expect(parent(span)).toBe("massgen.run");
      if (span.name.startsWith("chat ") || span.name.startsWith("execute_tool")) expect(parent(span)).toMatch(/^invoke_agent [ab]$/u);
    }
    expect(spans.filter(({ name }) => name.startsWith("chat ")).length).toBeGreaterThanOrEqual(5);
    const reads = spans.filter(({ name }) => name === "execute_tool read");
    expect(reads).toHaveLength(2);
    for (const read of reads) expect(attribute(read, "massgen.mcp.server")).toBe("counter");
    const sent = to.bodies.map(({ body }) => body).join("\n");
    expect(sent).not.toMatch(/secret-|4711|test-key/u);
  });

  test("tokens and the figures of the MCP layer are metrics (REQ-OTEL-2)", async () => {
    const to = await collector();
    const { run } = await council({ OTEL_EXPORTER_OTLP_ENDPOINT: to.url });
    await to.close();
    expect(run.code, run.stderr).toBe(0);
    expect(to.metrics()).toEqual(
      expect.arrayContaining(["gen_ai.client.token.usage", "massgen.mcp.calls", "mcp.client.operation.duration"]),
    );
  });

  test("the program is called what OpenTelemetry's variables call it, else massgen (REQ-OTEL-4)", async () => {
    const to = await collector();
    await council({ OTEL_EXPORTER_OTLP_ENDPOINT: to.url });
    await council({ OTEL_EXPORTER_OTLP_ENDPOINT: to.url, OTEL_SERVICE_NAME: "council", OTEL_RESOURCE_ATTRIBUTES: "team=red" });
    await to.close();
    const resources = to.bodies
      .filter(({ path }) => path === "/v1/traces")
      .flatMap(({ body }) => (JSON.parse(body) as Traces).resourceSpans)
      .map(({ resource }) => [attribute(resource, "service.name"), attribute(resource, "team")]);
    expect(resources).toContainEqual(["massgen", undefined]);
    expect(resources).toContainEqual(["council", "red"]);
  });

  test("nothing is sent where nothing is configured, and a collector that is away costs the run nothing (REQ-OTEL-3)", async () => {
    const to = await collector();
    const silent = await council({ OTEL_EXPORTER_OTLP_ENDPOINT: to.url, OTEL_SDK_DISABLED: "true" });
    expect(silent.run.code).toBe(0);
    expect(to.bodies).toEqual([]);
    await to.close();
    const away = await council({ OTEL_EXPORTER_OTLP_ENDPOINT: to.url });
    expect(away.run.code, away.run.stderr).toBe(0);
    expect(away.run.stdout.trim()).toBe("secret-presentation");
  });
});
