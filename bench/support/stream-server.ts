// A provider in a process of its own that streams text in 2,000 small chunks, each written by itself; prints its address.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const CHUNKS = Number(process.argv[2] ?? 2000);
const words = (n: number): string => ` word${n % 97}`;

const gemini = Array.from({ length: CHUNKS }, (_, n) => {
  const candidate = { content: { role: "model", parts: [{ text: words(n) }] }, index: 0, ...(n === CHUNKS - 1 ? { finishReason: "STOP" } : {}) };
  return `data: ${JSON.stringify({ candidates: [candidate], usageMetadata: { promptTokenCount: 10, candidatesTokenCount: n + 1, totalTokenCount: n + 11 }, modelVersion: "m", responseId: "r" })}\r\n\r\n`;
});
const head = { id: "c", object: "chat.completion.chunk", created: 1, model: "m" };
const chat = [
  ...Array.from({ length: CHUNKS }, (_, n) => `data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta: { content: words(n) }, finish_reason: null }] })}\n\n`),
  `data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta: {}, finish_reason: "stop" }], usage: { prompt_tokens: 10, completion_tokens: CHUNKS, total_tokens: CHUNKS + 10 } })}\n\ndata: [DONE]\n\n`,
];

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
  request.resume().on("end", () => send(response, request.url?.includes("streamGenerateContent") === true ? gemini : chat));
});
server.on("connection", (socket) => socket.setNoDelay(true));
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
