// Everything about the local model that has to be known before a run starts: that there is one, that it can run, and how far to trust it.
import type { BackendConfig } from "../../config/types.ts";
import type { Io } from "../../io/index.ts";
import type { BringOptions } from "./bring-model.ts";
import { modelLine, tinyModelNote } from "./describe.ts";
import { readModelFacts } from "./model-facts.ts";
import { findModel, readWish, resolveModel, type ModelWish } from "./resolve-model.ts";
import { loadLibrary } from "./runtime.ts";
import type { SetupReport } from "./setup-report.ts";

export type LocalModel = {
  readonly path: string;
  readonly title: string;
  readonly parameters: number;
  readonly bytes: number;
  /** Large enough to present a result in words of its own. */
  readonly presents: boolean;
  /** For the list of what will answer. */
  readonly line: string;
  /** For tiny models: what not to expect of them. */
  readonly note: string | null;
};

type Question = { readonly config: Pick<BackendConfig, "model" | "options">; readonly io: Io };
export type PrepareOptions = Question & Omit<BringOptions, "io" | "report"> & { readonly report?: SetupReport };

/** Finds or brings the model and makes sure that the runtime is there. Throws UsageError: E_LOCAL_MODEL with what was tried, or E_LOCAL_RUNTIME. */
export async function prepareLocalModel(options: PrepareOptions): Promise<LocalModel> {
  const { config, io, report = {}, ...rest } = options;
  await loadLibrary(io); // Before the download: a model alone is of no use.
  return factsOf(await resolveModel({ ...rest, io, report, wish: wishOf(config) }), io);
}

/** The model that is there already; null where one has yet to be brought. Throws UsageError for a named file that is missing. */
export async function describeLocalModel({ config, io }: Question): Promise<LocalModel | null> {
  const path = await findModel({ io, wish: wishOf(config) });
  return path === null ? null : factsOf(path, io);
}

/** False for models that only demonstrate the machinery: their stored answer is the result. Ask after `prepareLocalModel`. */
export async function localPresents(question: Question): Promise<boolean> {
  return (await describeLocalModel(question))?.presents ?? false;
}

function wishOf({ options, model }: Question["config"]): ModelWish {
  return readWish(options["model_path"], model);
}

async function factsOf(path: string, io: Io): Promise<LocalModel> {
  const facts = await readModelFacts(path, () => loadLibrary(io));
  const { title, parameters, bytes, tiny } = facts;
  return { path, title, parameters, bytes, presents: !tiny, line: modelLine(facts), note: tinyModelNote(facts) };
}
