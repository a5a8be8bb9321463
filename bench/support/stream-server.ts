// A provider in a process of its own that streams text in small chunks, each written by itself; prints its address.
// A model named `chunks-<n>` streams n of them.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { words } from "./stream-words.ts";

function gemini(count: number): string[] {
  return Array.from({ length: count }, (_, n) => {
    const candidate = {
      content: { role: "model", parts: [{ text: words(n) }] },
      index: 0,
      ...(n === count - 1 ? { finishReason: "STOP" } : {}),
    };
    const usageMetadata = { promptTokenCount: 10, candidatesTokenCount: n + 1, totalTokenCount: n + 11 };
    return `data: ${JSON.stringify({ candidates: [candidate], usageMetadata, modelVersion: "m", responseId: "r" })}\r\n\r\n`;
  });
}

function chat(count: number): string[] {
  const head = { id: "c", object: "chat.completion.chunk", created: 1, model: "m" };
  const event = (rest: object): string => `data: ${JSON.stringify({ ...head, ...rest })}\n\n`;
  const usage = { prompt_tokens: 10, completion_tokens: count, total_tokens: count + 10 };
  return [
    ...Array.from({ length: count }, (_, n) => event({ choices: [{ index: 0, delta: { content: words(n) }, finish_reason: null }] })),
    `${event({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }], usage })}data: [DONE]\n\n`,
  ];
}

const made = new Map<string, readonly string[]>();

function chunksFor(url: string, body: string): readonly string[] {
  const isGemini = url.includes("streamGenerateContent");
  const count = Number(/chunks-(\d+)/.exec(isGemini ? url : body)?.[1] ?? 10);
  const key = `${isGemini} ${count}`;
  const chunks = made.get(key) ?? (isGemini ? gemini(count) : chat(count));
  made.set(key, chunks);
  return chunks;
}

function send(response: ServerResponse, chunks: readonly string[]): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  let next = 0;
  const step = (): void => {
    if (next >= chunks.length) return void response.end();
    response.write(chunks[next++]);
    setImmediate(step);
  };
  step();
}

const server = createServer((request, response) => {
  let body = "";
  request.on("data", (piece: Buffer) => (body += piece.toString()));
  request.on("end", () => send(response, chunksFor(request.url ?? "", body)));
});
server.on("connection", (socket) => socket.setNoDelay(true));
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
