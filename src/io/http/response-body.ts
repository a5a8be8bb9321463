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
  const source = unpacked(message);
  let over = false;
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      start(controller) {
        const end = (how: () => void): void => {
          if (!over) how();
          over = true;
        };
        source.on("data", (chunk: Buffer<ArrayBuffer>) => {
          if (over) return;
          controller.enqueue(chunk);
          if ((controller.desiredSize ?? 0) <= 0) source.pause();
        });
        source.on("end", () => end(() => controller.close()));
        source.on("error", (error) => end(() => controller.error(reason(error))));
      },
      pull: () => void source.resume(),
      cancel: () => {
        over = true;
        message.destroy();
      },
    },
    { highWaterMark: UNREAD_BYTES, size: (chunk) => chunk.byteLength },
  );
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
