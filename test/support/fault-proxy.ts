// Stands between the program and a fake provider and breaks a share of the replies, by the draw of a seed that can be printed and used again.
import { loopbackServer, type HttpExchange, type LoopbackServer } from "../../src/testing/index.ts";

export const FAULTS = ["429", "500", "503", "malformed", "cut before the headers", "cut in the stream", "cut without an error"] as const;
export type Fault = (typeof FAULTS)[number];

/** Uniform in [0, 1), the same sequence for the same seed. */
export function draws(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export type FaultProxy = LoopbackServer & {
  readonly requests: number;
  readonly faults: ReadonlyMap<Fault, number>;
};

async function forward(
  target: string,
  { method, path, headers, body }: HttpExchange,
): Promise<{ status: number; type: string; bytes: Buffer }> {
  const { host: _host, connection: _connection, "content-length": _length, ...rest } = headers;
  const reply = await fetch(target + path, { method, headers: rest as Record<string, string>, body });
  return {
    status: reply.status,
    type: reply.headers.get("content-type") ?? "application/json",
    bytes: Buffer.from(await reply.arrayBuffer()),
  };
}

const refuse =
  (status: number) =>
  ({ response }: HttpExchange): void => {
    response.writeHead(status, { "content-type": "application/json", ...(status === 429 ? { "retry-after": "1" } : {}) });
    response.end(JSON.stringify({ error: { code: status, message: `fault ${status}`, status: "INJECTED" } }));
  };

type Reply = Awaited<ReturnType<typeof forward>>;
const ACTS: Readonly<Record<Fault, (exchange: HttpExchange, reply: Reply) => void>> = {
  "429": refuse(429),
  "500": refuse(500),
  "503": refuse(503),
  malformed: ({ response }) =>
    void response.writeHead(200, { "content-type": "text/event-stream" }).end("data: {this is no json\n\ndata: neither is this\n\n"),
  "cut before the headers": ({ response }) => void response.destroy(),
  "cut in the stream": ({ response }, { type, bytes }) => {
    response.writeHead(200, { "content-type": type });
    response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy());
  },
  "cut without an error": ({ response }, { type, bytes }) =>
    void response.writeHead(200, { "content-type": type }).end(bytes.subarray(0, Math.floor(bytes.length / 3))),
};

/** Breaks the `share` of replies of the provider at `target`. */
export async function faultProxy(target: string, share: number, random: () => number): Promise<FaultProxy> {
  const faults = new Map<Fault, number>();
  const counts = { requests: 0 };
  const server = await loopbackServer(async (exchange) => {
    counts.requests += 1;
    const fault = random() < share ? FAULTS[Math.floor(random() * FAULTS.length)] : undefined;
    const reply = await forward(target, exchange);
    if (fault !== undefined) {
      faults.set(fault, (faults.get(fault) ?? 0) + 1);
      return ACTS[fault](exchange, reply);
    }
    exchange.response.writeHead(reply.status, { "content-type": reply.type });
    exchange.response.end(reply.bytes);
  });
  return {
    ...server,
    faults,
    get requests() {
      return counts.requests;
    },
  };
}
