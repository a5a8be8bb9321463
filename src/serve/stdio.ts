// The stdio transport: one client, a JSON-RPC message per line; standard output carries nothing else.
import type { Terminal } from "../io/index.ts";
import { Endpoint, GONE, LineBuffer, STOPPING, type EndpointPorts, type RpcMessage } from "../mcp/index.ts";

const MOST_LINE_BYTES = 4 * 1024 * 1024;

export type StdioServer = {
  /** Resolves when the client has closed its end and nothing is left to do. Rejects for bugs. */
  readonly ended: Promise<void>;
  /** Answers what is being worked on with what there is, then ends; idempotent. */
  close(): Promise<void>;
};

export function serveStdio(ports: EndpointPorts, { stdin, stdout }: Pick<Terminal, "stdin" | "stdout">): StdioServer {
  const ended = Promise.withResolvers<void>();
  const send = (message: RpcMessage): void => void stdout.write(`${JSON.stringify(message)}\n`);
  const endpoint = new Endpoint(ports, send);
  const wrong = (code: number, message: string): void => send({ jsonrpc: "2.0", error: { code, message } });
  const lines = new LineBuffer(MOST_LINE_BYTES, {
    line(text) {
      let message: unknown;
      try {
        message = JSON.parse(text);
      } catch {
        return wrong(-32_700, "The line is not JSON.");
      }
      endpoint.receive(message).catch(ended.reject);
    },
    oversize: (_head, _tail, bytes) => wrong(-32_600, `A message may have ${MOST_LINE_BYTES} bytes, and this one had ${bytes}.`),
  });
  const over = (reason: typeof GONE | typeof STOPPING): Promise<void> => {
    stdin.off("data", take);
    return endpoint.end(reason).then(ended.resolve, ended.reject);
  };
  const take = (chunk: Buffer | string): void => lines.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
  const gone = (): void => void over(GONE);
  stdin.on("data", take);
  stdin.once("end", gone);
  stdin.once("close", gone);
  stdin.once("error", gone);
  return { ended: ended.promise, close: () => over(STOPPING) };
}
