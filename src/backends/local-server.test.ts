// Model servers on the user's machine: they are asked what they serve before the first request, and nothing is installed.
import { describe, expect, test } from "vitest";
import { chatServer, driveTurn, testBackend } from "../testing/index.ts";

const decide = () => ({ toolCalls: [{ name: "new_answer", arguments: { content: "x" } }] });

describe("local model servers", () => {
  test("REQ-BACKEND-23 without a model the first one that is served is asked, a bare host means /v1", async () => {
    await using server = await chatServer(decide, { models: ["llama3:latest", "other"] });
    const backend = await testBackend({ type: "ollama", baseUrl: server.url, apiKey: null });
    expect((await driveTurn(backend)).last.outcome).toBe("decided");
    expect(server.requests[0]?.model).toBe("llama3:latest");
    expect(server.requests[0]?.headers["authorization"]).toBeUndefined();
  });

  test("what it answers costs nothing, which is known and not a guess", async () => {
    await using server = await chatServer(() => ({ ...decide(), usage: { input: 40, output: 9 } }), { models: ["llama3"] });
    const { steps } = await driveTurn(await testBackend({ type: "ollama", model: "llama3", baseUrl: server.baseUrl }));
    expect(steps.map(({ costUsd }) => costUsd)).toEqual([0]);
  });

  test("a name without its tag is found", async () => {
    await using server = await chatServer(decide, { models: ["other", "llama3:latest"] });
    await driveTurn(await testBackend({ type: "ollama", model: "llama3", baseUrl: server.baseUrl }));
    expect(server.requests[0]?.model).toBe("llama3:latest");
  });

  test("a model the server does not have is named, with those it has and the next step", async () => {
    await using server = await chatServer(decide, { models: ["qwen3"] });
    const { last } = await driveTurn(await testBackend({ type: "ollama", model: "llama3", baseUrl: server.baseUrl }));
    expect(last.failure).toMatchObject({
      category: "configuration",
      message: expect.stringContaining("does not have llama3; it has qwen3"),
      next: "Fetch the model with `ollama pull llama3`.",
    });
    expect(server.requests).toEqual([]);
  });

  test.each([
    ["lmstudio", /lms server start/],
    ["ollama", /ollama serve/],
    ["vllm", /vllm serve/],
    ["sglang", /sglang\.launch_server/],
  ])("%s that is not running says how to start it", async (type, next) => {
    const { last } = await driveTurn(await testBackend({ type, model: "m", baseUrl: "http://127.0.0.1:9/v1" }));
    expect(last.failure).toMatchObject({
      category: "configuration",
      code: "E_PROVIDER_NETWORK",
      message: expect.stringContaining("127.0.0.1:9"),
      next: expect.stringMatching(next),
    });
  });

  test("a server that comes up later is found by the next turn", async () => {
    await using server = await chatServer(decide, { models: [] });
    const backend = await testBackend({ type: "vllm", model: "m", baseUrl: server.baseUrl });
    expect((await driveTurn(backend)).last.failure?.message).toContain("has no model");
    expect((await driveTurn(backend)).last.failure?.message).toContain("has no model");
  });
});
