// Downloads one large file into a `.part` beside its place: resumes what is there, notices a stalled server, computes the checksum on the way.
import { createHash, type Hash } from "node:crypto";
import { createReadStream, promises as fs } from "node:fs";
import type { Clock } from "./io.ts";
import { fileSize } from "./file-facts.ts";

export type DownloadRequest = {
  readonly url: string;
  /** Where the bytes go; what is already there is the beginning of the same file. */
  readonly part: string;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** What the whole file must have. */
  readonly bytes: number;
  /** Without a byte for so long the download has failed, in milliseconds. */
  readonly stallMs: number;
  readonly signal?: AbortSignal;
  readonly onBytes?: (received: number) => void;
};

/** Resolves with the file's SHA-256; rejects with what went wrong. The part stays for the next try. */
export async function download(request: DownloadRequest): Promise<{ readonly sha256: string }> {
  const stalled = new AbortController();
  const signal = request.signal === undefined ? stalled.signal : AbortSignal.any([stalled.signal, request.signal]);
  const watch = (): { cancel(): void } =>
    request.clock.after(request.stallMs, () => stalled.abort(new Error(`no data for ${request.stallMs / 1000} s`)));
  let timer = watch();
  try {
    const from = await usablePart(request);
    const hash = createHash("sha256");
    if (from === request.bytes) return { sha256: await digest(hash, request.part) };
    const { body, resumed } = await open(request, from, signal);
    if (resumed) await digest(hash, request.part);
    const file = await fs.open(request.part, resumed ? "a" : "w", 0o600);
    let received = resumed ? from : 0;
    try {
      for await (const chunk of body) {
        timer.cancel();
        timer = watch();
        received += chunk.length;
        if (received > request.bytes) throw new Error(`the server sent more than the ${request.bytes} bytes it should have`);
        await file.appendFile(chunk);
        hash.update(chunk);
        request.onBytes?.(received);
      }
    } finally {
      await file.close();
    }
    if (received < request.bytes) throw new Error(`the connection ended after ${received} of ${request.bytes} bytes`);
    return { sha256: hash.digest("hex") };
  } catch (error) {
    if (stalled.signal.aborted) throw stalled.signal.reason;
    throw error;
  } finally {
    timer.cancel();
  }
}

async function usablePart({ part, bytes }: DownloadRequest): Promise<number> {
  const size = (await fileSize(part)) ?? 0;
  return size > bytes ? 0 : size;
}

type Opened = { readonly body: AsyncIterable<Uint8Array>; readonly resumed: boolean };

async function open(request: DownloadRequest, from: number, signal: AbortSignal): Promise<Opened> {
  const response = await request.fetch(request.url, { signal, headers: from > 0 ? { range: `bytes=${from}-` } : {} });
  const resumed = from > 0 && response.status === 206 && (response.headers.get("content-range") ?? "").startsWith(`bytes ${from}-`);
  if (!resumed && response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`the server answered ${response.status}`);
  }
  if (response.body === null) throw new Error("the server sent no data");
  return { body: response.body, resumed };
}

async function digest(hash: Hash, path: string): Promise<string> {
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.copy().digest("hex");
}
