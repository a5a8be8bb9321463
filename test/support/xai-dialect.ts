// A fake provider that speaks OpenAI's dialect of the Responses API, heard as xAI speaks it: every item of a reply has a status there, and its client insists on it.
import { loopbackServer, type LoopbackServer } from "../../src/testing/index.ts";

/** Adds the status to items that have none; everything else stays as it is. */
export function inXaiDialect(body: string): string {
  return body.replace(/^data: (\{.*\})$/gm, (line, json: string) => {
    const event = JSON.parse(json) as { type?: string; item?: { status?: string }; response?: { output?: { status?: string }[] } };
    const finished = event.type !== "response.output_item.added";
    const items = [...(event.item === undefined ? [] : [event.item]), ...(event.response?.output ?? [])];
    if (items.every(({ status }) => status !== undefined)) return line;
    for (const item of items) item.status ??= finished ? "completed" : "in_progress";
    return `data: ${JSON.stringify(event)}`;
  });
}

/** Stands in front of the provider at `target`. */
export const xaiDialect = (target: string): Promise<LoopbackServer> =>
  loopbackServer(async ({ method, path, headers, body, response }) => {
    const { host: _host, connection: _connection, "content-length": _length, ...rest } = headers;
    const reply = await fetch(target + path, { method, headers: rest as Record<string, string>, body });
    response.writeHead(reply.status, { "content-type": reply.headers.get("content-type") ?? "application/json" });
    response.end(inXaiDialect(await reply.text()));
  });
