// The bytes of an answer as a web stream: unpacked, read no faster than they are taken, broken off when nobody wants them.
import type { IncomingMessage } from "node:http";
import { pipeline, type Readable } from "node:stream";
import type { ResponseParts } from "./http-response.ts";

/** What may wait unread before the server is made to wait. */
const UNREAD_BYTES = 65_536;
const WITHOUT_BODY = new Set([101, 204, 205, 304]);

/** What `unpacked` understands. */
export const ENCODINGS = "gzip, deflate, br";

/** Null where the answer has no body by its nature. `reason` says why a stream broke, for its readers. */
export function bodyOf(message: IncomingMessage, method: string, reason: (error: Error) => unknown): ResponseParts["body"] {
  if (method === "HEAD" || WITHOUT_BODY.has(message.statusCode ?? 0)) {
    message.resume();
    return null;
  }
  return streamOf(unpacked(message), { drop: () => message.destroy(), reason });
}

/** The message itself, or what is packed in it. Pieces come out as they come in: an event stream may be packed too. */
function unpacked(message: IncomingMessage): Readable {
  const encoding = message.headers["content-encoding"]?.trim().toLowerCase() ?? "identity";
  if (!/^(x-)?gzip$|^deflate$|^br$/.test(encoding)) return message;
  const zlib = process.getBuiltinModule("node:zlib");
  const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH } = zlib.constants;
  const decoder =
    encoding === "br"
      ? zlib.createBrotliDecompress({ flush: BROTLI_OPERATION_FLUSH, finishFlush: BROTLI_OPERATION_FLUSH })
      : // It tells gzip from deflate by the first bytes.
        zlib.createUnzip({ flush: Z_SYNC_FLUSH, finishFlush: Z_SYNC_FLUSH });
  // An error of the message becomes one of the decoder, whose listener tells it.
  return pipeline(message, decoder, () => undefined);
}

type Controller = ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
type Around = { readonly drop: () => void; readonly reason: (error: Error) => unknown };

/** Whatever has come when it is asked for the next piece is one piece: readers pay for each. */
function streamOf(source: Readable, { drop, reason }: Around): ResponseParts["body"] {
  let waiting: Buffer<ArrayBuffer>[] = [];
  let bytes = 0;
  let asked = false;
  let state: "open" | "ended" | "over" = "open";
  const give = (controller: Controller): void => {
    if (state === "over") return;
    const [first] = waiting;
    if (first !== undefined && asked) {
      asked = false;
      controller.enqueue(waiting.length === 1 ? first : Buffer.concat(waiting, bytes));
      waiting = [];
      bytes = 0;
      source.resume();
    }
    if (state === "ended" && waiting.length === 0) {
      state = "over";
      controller.close();
    }
  };
  const start = (controller: Controller): void => {
    source.on("data", (chunk: Buffer<ArrayBuffer>) => {
      waiting.push(chunk);
      bytes += chunk.length;
      if (bytes >= UNREAD_BYTES) source.pause();
      give(controller);
    });
    source.on("end", () => {
      if (state === "open") state = "ended";
      give(controller);
    });
    source.on("error", (error) => {
      if (state === "open") controller.error(reason(error));
      state = "over";
    });
  };
  const pull = (controller: Controller): void => {
    asked = true;
    give(controller);
  };
  const cancel = (): void => {
    state = "over";
    drop();
  };
  return new ReadableStream<Uint8Array<ArrayBuffer>>({ start, pull, cancel }, { highWaterMark: 0 });
}
