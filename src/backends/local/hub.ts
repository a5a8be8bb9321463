// Brings the good model from the hub: a quick look whether it can be reached, a download that resumes, a checksum.
import { join } from "node:path";
import { download, type Io } from "../../io/index.ts";
import type { HubModel } from "./model-catalog.ts";
import { reasonOf, type SetupReport } from "./setup-report.ts";

const PUBLIC_HUB = "https://huggingface.co";

export type HubLimits = {
  /** How long the first look may take. */
  readonly probeMs: number;
  /** How long the download may go without a byte. */
  readonly stallMs: number;
};
export const HUB_LIMITS: HubLimits = { probeMs: 4_000, stallMs: 30_000 };

export type HubJob = {
  readonly io: Pick<Io, "env" | "fetch" | "clock" | "files">;
  readonly model: HubModel;
  readonly limits: HubLimits;
  readonly signal?: AbortSignal;
};

/** `HF_ENDPOINT` names another hub (a mirror, a test). */
export function hubUrl({ io, model }: Pick<HubJob, "io" | "model">): string {
  const base = (io.env["HF_ENDPOINT"] ?? PUBLIC_HUB).replace(/\/+$/, "");
  return `${base}/${model.repository}/resolve/${model.revision}/${model.file}`;
}

/** Null where the hub offers exactly the pinned file; otherwise why not. Never rejects, takes at most `probeMs`. */
export async function probeHub(job: HubJob): Promise<string | null> {
  const slow = new AbortController();
  const timer = job.io.clock.after(job.limits.probeMs, () => slow.abort(new Error(`no answer within ${job.limits.probeMs / 1000} s`)));
  try {
    const signal = job.signal === undefined ? slow.signal : AbortSignal.any([slow.signal, job.signal]);
    // Not followed: the hub itself states size and checksum, the store behind it need not.
    const response = await job.io.fetch(hubUrl(job), { method: "HEAD", redirect: "manual", signal });
    await response.body?.cancel();
    if (response.status >= 400) return `the hub answered ${response.status}`;
    return differenceOf(response.headers, job.model);
  } catch (error) {
    return reasonOf(slow.signal.aborted ? slow.signal.reason : error);
  } finally {
    timer.cancel();
  }
}

function differenceOf(headers: Headers, model: HubModel): string | null {
  const size = headers.get("x-linked-size") ?? headers.get("content-length");
  const tag = (headers.get("x-linked-etag") ?? "").replace(/^W\/|"/g, "");
  if (size !== null && headers.has("x-linked-size") && Number(size) !== model.bytes)
    return `the hub's file has ${size} instead of ${model.bytes} bytes`;
  if (/^[0-9a-f]{64}$/.test(tag) && tag !== model.sha256) return "the hub's file has another checksum than the pinned one";
  return null;
}

/** Brings the file to `folder` and returns its path; rejects with why not. A broken-off download is resumed the next time. */
export async function downloadFromHub(job: HubJob, folder: string, report: SetupReport): Promise<string> {
  const { io, model } = job;
  const part = join(folder, `${model.file}.part`);
  const place = join(folder, model.file);
  const { sha256 } = await download({
    url: hubUrl(job),
    part,
    fetch: io.fetch,
    clock: io.clock,
    bytes: model.bytes,
    stallMs: job.limits.stallMs,
    ...(job.signal === undefined ? {} : { signal: job.signal }),
    onBytes: (received) => report.progress?.({ what: model.title, received, total: model.bytes }),
  });
  await acceptPart(io, { part, place, sha256 }, model.sha256);
  return place;
}

/** A file with a wrong checksum is removed, so that the next try starts afresh. */
export async function acceptPart(
  io: Pick<Io, "files">,
  got: { readonly part: string; readonly place: string; readonly sha256: string },
  wanted: string,
): Promise<void> {
  if (got.sha256 !== wanted) {
    await io.files.remove(got.part);
    throw new Error(`checksum mismatch: got ${got.sha256.slice(0, 12)}…, expected ${wanted.slice(0, 12)}…`);
  }
  await io.files.rename(got.part, got.place);
}
