// Plays recorded replies byte by byte to a real client and keeps what the client sent. A request nobody planned, repeated or looked at fails the test.
import { createClock } from "../io/index.ts";
import { loopbackServer, type HttpExchange, type LoopbackServer } from "./loopback-server.ts";
import type { ReplayEntry, ReplayReply, ReplayRequest } from "./replay-types.ts";
import type { WireCheck } from "./wire-checks/wire-check.ts";

export type * from "./replay-types.ts";

export type ReplayOptions = {
  /** `queue` (default): the n-th request gets the n-th entry; `match`: the first entry that wants it. */
  readonly mode?: "queue" | "match";
  /** The provider's rules for requests. */
  readonly check?: WireCheck;
};

export type ReplayServer = LoopbackServer & {
  readonly requests: readonly ReplayRequest[];
  /** The oldest request the test has not looked at yet. Throws where there is none. */
  take(): ReplayRequest;
  /** Throws with every problem seen: unplanned, repeated and unread requests, broken rules, replies never asked for. */
  verify(): void;
};

const clock = createClock();

function contentType({ body }: ReplayReply): string {
  const start = typeof body === "string" ? body.slice(0, 8) : Buffer.from(body.subarray(0, 8)).toString("latin1");
  return /^(data|event|id|:)/.test(start) ? "text/event-stream" : "application/json";
}

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const size = Math.max(1, sizes[n % sizes.length] ?? bytes.length);
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

/** Writes a reply; returns early when the client is gone. */
async function play(reply: ReplayReply, request: ReplayRequest, { response }: HttpExchange): Promise<void> {
  if (reply.whole !== undefined && request.body?.["stream"] === false) {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(reply.whole);
    return;
  }
  response.writeHead(reply.status ?? 200, { "content-type": contentType(reply), ...reply.headers });
  const all = Buffer.from(reply.body);
  const bytes = reply.abortAt === undefined ? all : all.subarray(0, reply.abortAt);
  const pieces = cut(bytes, reply.pieces ?? [bytes.length]);
  for (const [index, piece] of pieces.entries()) {
    if (request.gone.aborted) return;
    // A piece must reach the client as one of its own: the next one waits until this one has left.
    await new Promise<void>((resolve) => response.write(piece, () => resolve()));
    if (index === 0 && reply.hold !== undefined) await reply.hold(request);
    if (reply.delayMs !== undefined && index < pieces.length - 1) await clock.sleep(reply.delayMs);
  }
  if (reply.abortAt === undefined) response.end();
  else response.destroy();
}

function toRequest({ method, path, headers, body, gone }: HttpExchange, number: number): ReplayRequest {
  let parsed: unknown = null;
  try {
    parsed = JSON.parse(body);
  } catch {
    parsed = null; // Kept raw; a provider's check complains about it.
  }
  return { number, method, path, headers, raw: body, body: typeof parsed === "object" ? (parsed as ReplayRequest["body"]) : null, gone };
}

class Recorder {
  readonly requests: ReplayRequest[] = [];
  readonly problems: string[] = [];
  readonly #script: readonly ReplayEntry[];
  readonly #options: ReplayOptions;
  readonly #played: number[];
  readonly #read = new Set<ReplayRequest>();

  constructor(script: readonly ReplayEntry[], options: ReplayOptions) {
    this.#script = script;
    this.#options = options;
    this.#played = script.map(() => 0);
  }

  /** The entry for a request, after everything that can be wrong with the request was noted. */
  choose(request: ReplayRequest): ReplayEntry | null {
    const before = this.requests.at(-1);
    this.requests.push(request);
    const index = this.#script.findIndex((entry, at) => this.#wants(entry, at, request));
    const entry = this.#script[index];
    if (entry === undefined) {
      this.#note(request, "was not expected");
      return null;
    }
    this.#played[index] = (this.#played[index] ?? 0) + 1;
    if (before?.raw === request.raw && before.path === request.path && entry.repeats !== true)
      this.#note(request, "repeats the one before it");
    for (const problem of this.#options.check?.request(request) ?? []) this.#note(request, problem);
    this.#assert(entry, request);
    this.#options.check?.reply(entry);
    return entry;
  }

  take(): ReplayRequest {
    const next = this.requests.find((request) => !this.#read.has(request));
    if (next === undefined) throw new Error(`no unread request among ${this.requests.length}`);
    this.#read.add(next);
    return next;
  }

  verify(): void {
    const unread = this.requests
      .filter((request) => !this.#read.has(request))
      .map((request) => `request ${request.number} was never looked at`);
    const unplayed = this.#script.flatMap((entry, index) =>
      (this.#played[index] ?? 0) < (entry.times ?? 1) ? [`reply ${index + 1} was never asked for`] : [],
    );
    const all = [...this.problems, ...unread, ...unplayed];
    if (all.length > 0) throw new Error(`replay server: ${all.join("; ")}`);
  }

  #wants(entry: ReplayEntry, index: number, request: ReplayRequest): boolean {
    if ((this.#played[index] ?? 0) >= (entry.times ?? 1)) return false;
    return this.#options.mode !== "match" || entry.when === undefined || entry.when(request);
  }

  #assert(entry: ReplayEntry, request: ReplayRequest): void {
    if (entry.assert === undefined) return;
    this.#read.add(request);
    try {
      entry.assert(request);
    } catch (error) {
      this.#note(request, error instanceof Error ? error.message : String(error));
    }
  }

  #note(request: ReplayRequest, problem: string): void {
    this.problems.push(`request ${request.number} (${request.method} ${request.path}): ${problem}`);
  }
}

/** Close it in the test that opened it, after `verify()`. */
export async function replayServer(script: readonly ReplayEntry[], options: ReplayOptions = {}): Promise<ReplayServer> {
  const recorder = new Recorder(script, options);
  const server = await loopbackServer(async (exchange) => {
    const request = toRequest(exchange, recorder.requests.length + 1);
    const entry = recorder.choose(request);
    if (entry !== null) return play(entry, request, exchange);
    exchange.response.writeHead(400, { "content-type": "application/json" });
    exchange.response.end(JSON.stringify({ error: { message: "the replay server did not expect this request" } }));
  });
  return { ...server, requests: recorder.requests, take: () => recorder.take(), verify: () => recorder.verify() };
}
