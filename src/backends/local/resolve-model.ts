// Finds the model file: named by the person, kept in the cache, or brought there once; says what was tried where none can be had.
import { join } from "node:path";
import { UsageError } from "../../errors/index.ts";
import { fileSize, withProcessLock, type Io } from "../../io/index.ts";
import { bringModel, type BringOptions } from "./bring-model.ts";
import { CATALOG, GOOD_MODEL, SMALL_MODEL, type CatalogModel } from "./model-catalog.ts";
import { modelsFolder, personPath } from "./places.ts";
import type { Attempt } from "./setup-report.ts";

/** What the configuration says about the model. */
export type ModelWish = {
  /** `model_path`, or a `model` that ends with `.gguf`. */
  readonly path: string | null;
  /** A model of the catalog. */
  readonly catalog: CatalogModel | null;
};

export type ModelIo = Pick<Io, "env" | "cwd" | "fetch" | "files" | "processes" | "clock" | "randomHex">;
export type ResolveOptions = BringOptions & { readonly io: ModelIo; readonly wish: ModelWish };

/** Reads the two keys of a `local` backend. Throws UsageError where `model` names nothing this program knows. */
export function readWish(modelPath: unknown, model: string | null): ModelWish {
  if (typeof modelPath === "string" && modelPath !== "") return { path: modelPath, catalog: null };
  if (model === null || model === "") return { path: null, catalog: null };
  if (model.toLowerCase().endsWith(".gguf")) return { path: model, catalog: null };
  const known = CATALOG.find(({ id }) => id === model.toLowerCase());
  if (known !== undefined) return { path: null, catalog: known };
  const names = CATALOG.map(({ id }) => id).join(" or ");
  throw new UsageError("E_LOCAL_MODEL", `The local backend knows no model "${model}"; use ${names}, or the path of a .gguf file.`);
}

/** Resolves with the path of a model file. Throws UsageError (E_LOCAL_MODEL), listing everything that was tried. */
export async function resolveModel(options: ResolveOptions): Promise<string> {
  const named = await namedModel(options);
  if (named !== null) return named;
  const folder = modelsFolder(options.io);
  const cached = await findCached(options, folder);
  if (cached !== null) return cached;
  await options.io.files.makeFolder(folder);
  const lock = { io: options.io, path: join(folder, "download.lock"), ...(options.signal === undefined ? {} : { signal: options.signal }) };
  const onWait = (): void => options.report.say?.("Another massgen process is bringing a model; waiting for it …");
  return withProcessLock({ ...lock, onWait }, async () => {
    const meanwhile = await findCached(options, folder);
    if (meanwhile !== null) return meanwhile;
    const brought = await bringModel(options, options.wish.catalog, folder);
    if (brought.path !== null) return brought.path;
    throw nothingFound(options, folder, brought.attempts);
  });
}

/** The model file that is there without bringing anything; null where there is none. Throws UsageError for a named file that is missing. */
export async function findModel(options: Pick<ResolveOptions, "io" | "wish">): Promise<string | null> {
  return (await namedModel(options)) ?? (await findCached(options, modelsFolder(options.io)));
}

async function namedModel({ io, wish }: Pick<ResolveOptions, "io" | "wish">): Promise<string | null> {
  const variable = io.env["MASSGEN_LOCAL_MODEL"] ?? "";
  const named = wish.path ?? (wish.catalog === null && variable !== "" ? variable : null);
  if (named === null) return null;
  const path = personPath(io, named);
  if ((await fileSize(path)) !== null) return path;
  throw new UsageError(
    "E_LOCAL_MODEL",
    `${wish.path === null ? "MASSGEN_LOCAL_MODEL" : "The configuration"} names the model ${path}, but there is no such file.`,
  );
}

/** A file the person put there comes before the tiny model, the good model before both. */
async function findCached({ io, wish }: Pick<ResolveOptions, "io" | "wish">, folder: string): Promise<string | null> {
  const has = async (model: CatalogModel): Promise<boolean> => (await fileSize(join(folder, model.file))) === model.bytes;
  if (wish.catalog !== null) return (await has(wish.catalog)) ? join(folder, wish.catalog.file) : null;
  if (await has(GOOD_MODEL)) return join(folder, GOOD_MODEL.file);
  const names = (await io.files.exists(folder)) ? await io.files.list(folder) : [];
  const own = names.find((name) => name.toLowerCase().endsWith(".gguf") && !CATALOG.some(({ file }) => file === name));
  if (own !== undefined) return join(folder, own);
  return (await has(SMALL_MODEL)) ? join(folder, SMALL_MODEL.file) : null;
}

function nothingFound({ io, wish }: ResolveOptions, folder: string, attempts: readonly Attempt[]): UsageError {
  const looked: readonly Attempt[] = [
    ...(wish.catalog === null ? [{ way: "MASSGEN_LOCAL_MODEL", why: io.env["MASSGEN_LOCAL_MODEL"] ? "names no file" : "not set" }] : []),
    { way: folder, why: wish.catalog === null ? "holds no .gguf file" : `does not hold ${wish.catalog.file}` },
    ...attempts,
  ];
  const lines = [
    "There is no model for the local backend. Tried:",
    ...looked.map(({ way, why }) => `  - ${way}: ${why}`),
    "Three ways out:",
    `  1. set ${wish.catalog === null ? "MASSGEN_LOCAL_MODEL" : "model_path"} to a .gguf file you have`,
    `  2. copy ${wish.catalog?.file ?? "a .gguf file"} to ${folder}`,
    "  3. set GEMINI_API_KEY or OPENAI_API_KEY and let that provider answer",
  ];
  return new UsageError("E_LOCAL_MODEL", lines.join("\n"));
}
