// The server on standard input and output: one JSON message a line. Only messages may be written to standard output; log to standard error.
import { createInterface } from "node:readline";
import { answer, type Answer } from "./protocol.ts";

const send = (message: Answer): void => void process.stdout.write(`${JSON.stringify(message)}\n`);

createInterface({ input: process.stdin }).on("line", async (line) => {
  if (line.trim() === "") return;
  try {
    const reply = await answer(JSON.parse(line));
    if (reply !== null) send(reply);
  } catch {
    send({ jsonrpc: "2.0", id: null, error: { code: -32700, message: "This line is not JSON." } });
  }
});
console.error("The weather server is ready.");
