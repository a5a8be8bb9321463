// The SDK of Gemini leaves all functions out of a request that mixes them with built-ins on a model that cannot, and only warns: that ends the turn.
import { createGoogle } from "@ai-sdk/google";
import { expect, test } from "vitest";
import { declare } from "../mcp/index.ts";
import { driveTurn, geminiText, impatientIo, replayServer } from "../testing/index.ts";
import { listCapabilities } from "./index.ts";
import { languageModelBackend } from "./language-model.ts";
import { NO_PRICES } from "./price.ts";
import { ProviderGate } from "./provider-gate.ts";
import { ToolDeclarer } from "./tool-table.ts";

test("REQ-BACKEND-4 function tools that the SDK drops are an error of the turn, whatever the model answers without them", async () => {
  await using server = await replayServer([{ ...geminiText("I have no tools."), assert: () => {} }]);
  const io = impatientIo();
  const backend = languageModelBackend({
    capabilities: listCapabilities()[0]!,
    modelId: "gemini-2.5-flash",
    model: async () => createGoogle({ baseURL: server.url, apiKey: "k", fetch: io.fetch })("gemini-2.5-flash"),
    declarer: new ToolDeclarer((tool) => declare("gemini-json", tool)),
    options: {},
    nativeTools: [{ type: "provider", id: "google.google_search", name: "google_search", args: {} }],
    ownTools: () => [],
    style: { strictRoles: true, joinTexts: false, images: true, reasoning: true },
    keepsTools: false,
    pricing: NO_PRICES,
    apiKey: "k",
    gate: new ProviderGate(io.clock, { rpm: null, tpm: null }),
    io,
  });
  const { last, warnings } = await driveTurn(backend);
  expect(server.requests[0]?.body?.["tools"]).toEqual([{ googleSearch: {} }]);
  expect(last).toMatchObject({
    outcome: "failed",
    failure: { category: "configuration", message: expect.stringContaining("left the function tools out") },
  });
  expect(warnings).toEqual([]);
});
