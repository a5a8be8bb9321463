// Gemini through Vertex AI, from the text of a configuration to the request.
import { describe, expect, test } from "vitest";
import { parseConfigText } from "../config/index.ts";
import { agentId } from "../core/index.ts";
import { driveTurn, geminiCall, geminiCheck, geminiReply, impatientIo, replayServer, scriptedTools } from "../testing/index.ts";
import { createBackend } from "./index.ts";

type Asked = { readonly url: string; readonly headers: Headers };

const problemsOf = async (backend: object, env: Readonly<Record<string, string>>): Promise<readonly string[]> =>
  (await parseConfigText(JSON.stringify({ agent: { backend } }), "team.yaml", { env })).problems.map(({ message }) => message);

/** Where the first request of this configuration goes, answered by nobody. */
async function ask(backend: object, env: Readonly<Record<string, string>>): Promise<Asked> {
  const asked: Asked[] = [];
  const { config, problems } = await parseConfigText(JSON.stringify({ agent: { backend } }), "team.yaml", { env });
  const [agent] = config?.agents ?? [];
  if (agent === undefined) throw new Error(problems.map(({ message }) => message).join("\n"));
  const real = impatientIo([], env);
  const fetch = ((target: string | URL | Request, init?: RequestInit) => {
    asked.push({ url: target instanceof Request ? target.url : target.toString(), headers: new Headers(init?.headers) });
    return Promise.resolve(new Response('{"error":{"message":"no"}}', { status: 404 }));
  }) as typeof real.fetch;
  const io = { ...real, fetch };
  const made = await createBackend({ agent: agentId("a"), config: agent.backend, io, workspace: io.cwd, stateDir: io.cwd });
  await driveTurn(made);
  const [first] = asked;
  if (first === undefined) throw new Error("nothing was asked");
  return first;
}

const VERTEX = { type: "gemini", model: "gemini-2.5-pro", vertex: true, project: "p1" };
const MODEL = "publishers/google/models/gemini-2.5-pro:streamGenerateContent?alt=sse";

describe("Vertex AI (REQ-BACKEND-34)", () => {
  test.each([
    [
      "a location",
      { location: "europe-west4" },
      {},
      "https://europe-west4-aiplatform.googleapis.com/v1/projects/p1/locations/europe-west4",
    ],
    ["no location", {}, {}, "https://aiplatform.googleapis.com/v1/projects/p1/locations/global"],
    [
      "a location of the environment",
      {},
      { GOOGLE_CLOUD_LOCATION: "us-east1" },
      "https://us-east1-aiplatform.googleapis.com/v1/projects/p1/locations/us-east1",
    ],
    [
      "a host of its own",
      { base_url: "https://europe-west1-aiplatform.googleapis.com" },
      {},
      "https://europe-west1-aiplatform.googleapis.com/v1/projects/p1/locations/global",
    ],
    [
      "an address of the environment",
      {},
      { GOOGLE_VERTEX_BASE_URL: "https://gateway.example/v1", GOOGLE_GEMINI_BASE_URL: "https://other.example" },
      "https://gateway.example/v1/projects/p1/locations/global",
    ],
  ])("with %s is asked at its own address, with the token", async (...[, backend, env, root]) => {
    const { url, headers } = await ask({ ...VERTEX, ...backend }, { GOOGLE_ACCESS_TOKEN: "token-1", ...env });
    expect(url).toBe(`${root}/${MODEL}`);
    expect([headers.get("authorization"), headers.get("x-goog-api-key")]).toEqual(["Bearer token-1", null]);
  });

  test("takes a key where there is no token, and names both where there is neither", async () => {
    const { headers } = await ask(VERTEX, { GOOGLE_API_KEY: "key-1" });
    expect([headers.get("authorization"), headers.get("x-goog-api-key")]).toEqual([null, "key-1"]);
    expect(await problemsOf(VERTEX, {})).toEqual([
      "No key for Google Vertex AI: the variable GOOGLE_ACCESS_TOKEN or GOOGLE_API_KEY or GEMINI_API_KEY is not set; set it in the environment or in .env",
    ]);
  });

  test("sends neither token nor key of the environment to an address somebody else owns", async () => {
    const foreign = { ...VERTEX, base_url: "https://gateway.example" };
    const env = { GOOGLE_ACCESS_TOKEN: "token-1", GOOGLE_API_KEY: "key-1" };
    expect(await problemsOf(foreign, env)).toEqual([expect.stringContaining("No key is sent to gateway.example")]);
    const { headers } = await ask({ ...foreign, api_key: "its-own-key" }, env);
    expect([...headers.values()].join(" ")).not.toMatch(/token-1|key-1/);
    expect(headers.get("x-goog-api-key")).toBe("its-own-key");
  });

  test.each([
    [{ GOOGLE_CLOUD_LOCATION: "evil.example/x" }, VERTEX, "needs the name of a location"],
    [{ GOOGLE_CLOUD_PROJECT: "p/../../x" }, { ...VERTEX, project: undefined }, "needs a project"],
    [{}, { ...VERTEX, project: undefined }, "needs a project"],
    [{}, { ...VERTEX, location: "evil.example/x" }, "`location` cannot be"],
  ])("does not build an address of what is no name: %j", async (env, backend, words) => {
    await expect(ask(backend, { GOOGLE_ACCESS_TOKEN: "token-1", ...env })).rejects.toThrow(words);
  });

  test("keeps thinking, thought signatures and nested search as the Gemini API does", async () => {
    const script = [
      geminiReply({
        parts: [
          { functionCall: { name: "mcp__a__b", args: {} }, thoughtSignature: "s1" },
          { functionCall: { name: "web_search", args: { query: "q" } } },
        ],
        finish: "STOP",
      }),
      geminiReply({ parts: [{ text: "Found." }], finish: "STOP" }),
      geminiCall("new_answer", { content: "x" }, "s2"),
    ];
    await using server = await replayServer(
      script.map((entry) => ({ ...entry, assert: () => {} })),
      { check: geminiCheck() },
    );
    const config = {
      type: "gemini",
      model: "gemini-2.5-pro",
      baseUrl: `${server.url}/v1`,
      apiKey: "k",
      options: { vertex: true, project: "p1", thinking: { budget_tokens: 64 }, enable_web_search: true },
      extraBody: {},
      mcpServers: [],
      geminiSchema: "json",
    } as const;
    const io = impatientIo();
    const backend = await createBackend({ agent: agentId("a"), config, io, workspace: io.cwd, stateDir: io.cwd });
    const { last } = await driveTurn(backend, { tools: scriptedTools({ mcp__a__b: { run: () => "fine" } }) });
    server.verify();
    expect(last.outcome).toBe("decided");
    const [first, nested, second] = server.requests.map(({ body }) => body ?? {});
    expect(first).toMatchObject({ generationConfig: { thinkingConfig: { thinkingBudget: 64 } } });
    expect(nested?.["tools"]).toEqual([{ googleSearch: {} }]);
    expect(JSON.stringify(second?.["contents"])).toContain('"thoughtSignature":"s1"');
  });
});
