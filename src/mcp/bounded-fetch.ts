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
    const body = response.body?.pipeThrough(limiter({ ...bounds, readTimeoutMs: silence }, perEvent)) ?? null;
    // The protocol library knows the platform's responses only.
    const bounded = new Response(body, { status: response.status, statusText: response.statusText, headers: response.headers });
    Object.defineProperty(bounded, "url", { value: response.url });
    return bounded;
  };
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

function limiter(bounds: FetchBounds, perEvent: boolean): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let bytes = 0;
  let timer: { cancel(): void } | null = null;
  const watch = (controller: TransformStreamDefaultController<Uint8Array<ArrayBuffer>>): void => {
    timer?.cancel();
    if (bounds.readTimeoutMs === null) return;
    timer = bounds.clock.after(bounds.readTimeoutMs, () =>
      controller.error(new Error(`The server sent nothing for ${String(bounds.readTimeoutMs)} ms.`)),
    );
  };
  return new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    start: watch,
    transform(chunk, controller) {
      watch(controller);
      const eventEnd = perEvent ? lastEventEnd(chunk) : -1;
      bytes = eventEnd === -1 ? bytes + chunk.length : chunk.length - eventEnd;
      if (Math.max(bytes, eventEnd) > bounds.maxMessageBytes) {
        timer?.cancel();
        return controller.error(new Error(`The server's message is larger than max_message_bytes (${bounds.maxMessageBytes}).`));
      }
      controller.enqueue(chunk);
    },
    flush: () => timer?.cancel(),
  });
}

/** The offset just after the last blank line, or -1. A blank line cut in two by chunks is found with the next event. */
function lastEventEnd(chunk: Uint8Array): number {
  for (let at = chunk.length - 1; at > 0; at -= 1) {
    if (chunk[at] === 0x0a && (chunk[at - 1] === 0x0a || (at > 1 && chunk[at - 1] === 0x0d && chunk[at - 2] === 0x0a))) return at + 1;
  }
  return -1;
}
