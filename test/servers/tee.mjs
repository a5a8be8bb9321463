// Stands before a real stdio MCP server and writes down every message that reaches it: node tee.mjs LOG_FILE COMMAND ARGS…
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { createInterface } from "node:readline";

const [logFile, command, ...args] = process.argv.slice(2);
const server = spawn(command, args, { stdio: ["pipe", "inherit", "inherit"] });
const input = createInterface({ input: process.stdin });
input.on("line", (line) => {
  appendFileSync(logFile, `${line}\n`);
  server.stdin.write(`${line}\n`);
});
input.on("close", () => server.stdin.end());
server.on("exit", (code) => process.exit(code ?? 1));
process.on("SIGTERM", () => server.kill("SIGTERM"));
