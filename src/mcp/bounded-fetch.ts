// A `fetch` whose answers cannot grow without end and cannot fall silent for ever.
import type { Clock, Io } from "../io/index.ts";

export type FetchBounds = {
  /** For a JSON body as a whole, for an event stream per event; counted after decompression. */
  readonly maxMessageBytes: number;
  /** Longest wait for the answer to a POST to begin; null = none (the call's own deadline holds). */
  readonly replyTimeoutMs: number | null;
  /** Longest silence in the answer to a POST; null = none (the call's own deadline holds). */
  readonly readTimeoutMs: number | null;
  readonly clock: Clock;
};

export function boundedFetch(inner: Io["fetch"], bounds: FetchBounds): Io["fetch"] {
  return async (input, init) => {
    const isPost = (init?.method ?? "GET").toUpperCase() === "POST";
    const response = await (isPost ? begun(inner, { input, init }, bounds) : inner(input, init));
    const perEvent = (response.headers.get("content-type") ?? "").includes("text/event-stream");
    const silence = isPost ? bounds.readTimeoutMs : null;
    return throughStream(response, limiter({ ...bounds, readTimeoutMs: silence }, perEvent));
  };
}

type Bytes = Uint8Array<ArrayBuffer>;

/** The response with its body led through a stream. The protocol library knows the platform's responses only. */
export function throughStream(response: Awaited<ReturnType<Io["fetch"]>>, stream: TransformStream<Bytes, Bytes>): Response {
  const { status, statusText, headers, url } = response;
  const led = new Response(response.body?.pipeThrough(stream) ?? null, { status, statusText, headers });
  Object.defineProperty(led, "url", { value: url });
  return led;
}

type Call = { readonly input: Parameters<Io["fetch"]>[0]; readonly init: Parameters<Io["fetch"]>[1] };

/** The response once it begins; rejects with a `TimeoutError` when it does not in time. */
async function begun(inner: Io["fetch"], { input, init }: Call, { clock, replyTimeoutMs }: FetchBounds): Promise<Response> {
  if (replyTimeoutMs === null) return inner(input, init);
  const late = new AbortController();
  const timer = clock.after(replyTimeoutMs, () =>
    late.abort(new DOMException(`The server did not begin to answer within ${replyTimeoutMs / 1000} s (\`timeout\`).`, "TimeoutError")),
  );
  try {
    return await inner(input, { ...init, signal: AbortSignal.any([late.signal, ...(init?.signal ? [init.signal] : [])]) });
  } finally {
    timer.cancel();
  }
}

function limiter(bounds: FetchBounds, perEvent: boolean): TransformStream<Bytes, Bytes> {
  let bytes = 0;
  let tail: readonly number[] = [];
  let timer: { cancel(): void } | null = null;
  const watch = (controller: TransformStreamDefaultController<Bytes>): void => {
    timer?.cancel();
    if (bounds.readTimeoutMs === null) return;
    timer = bounds.clock.after(bounds.readTimeoutMs, () =>
      controller.error(new Error(`The server sent nothing for ${String(bounds.readTimeoutMs)} ms.`)),
    );
  };
  return new TransformStream<Bytes, Bytes>({
    start: watch,
    transform(chunk, controller) {
      watch(controller);
      const eventEnd = perEvent ? lastEventEnd(chunk, tail) : -1;
      tail = [...tail, ...chunk.subarray(-2)].slice(-2);
      bytes = eventEnd === -1 ? bytes + chunk.length : chunk.length - eventEnd;
      if (Math.max(bytes, eventEnd) > bounds.maxMessageBytes) {
        timer?.cancel();
        return controller.error(new Error(`The server's message is larger than max_message_bytes (${bounds.maxMessageBytes}).`));
      }
      controller.enqueue(chunk);
    },
    flush: () => timer?.cancel(),
    cancel: () => timer?.cancel(),
  });
}

/** The offset just after the last blank line, or -1; `tail` holds the last bytes of the chunk before. */
function lastEventEnd(chunk: Uint8Array, tail: readonly number[]): number {
  const byte = (at: number): number | undefined => (at < 0 ? tail.at(at) : chunk[at]);
  for (let at = chunk.length - 1; at >= 0; at -= 1) {
    if (chunk[at] === 0x0a && (byte(at - 1) === 0x0a || (byte(at - 1) === 0x0d && byte(at - 2) === 0x0a))) return at + 1;
  }
  return -1;
}
