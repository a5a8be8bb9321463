// Reads the body of a request as JSON without holding more than allowed.
import type { IncomingMessage } from "node:http";

export const MOST_BODY_BYTES = 4 * 1024 * 1024;

export type Body = { readonly value: unknown } | { readonly status: 400 | 413; readonly message: string };

/** Rejects where the client goes away in the middle. */
export async function readBody(request: IncomingMessage): Promise<Body> {
  const tooLarge = { status: 413, message: `A message may have ${MOST_BODY_BYTES} bytes.` } as const;
  if (Number(request.headers["content-length"] ?? 0) > MOST_BODY_BYTES) return tooLarge;
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request) {
    bytes += (piece as Buffer).length;
    if (bytes > MOST_BODY_BYTES) return tooLarge;
    pieces.push(piece as Buffer);
  }
  try {
    return { value: JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(pieces))) as unknown };
  } catch {
    return { status: 400, message: "The body is not JSON." };
  }
}
