// What a model file says about itself, read from its header without loading the model.
import { basename } from "node:path";
import { fileSize } from "../../io/index.ts";
import { CATALOG, TINY_BELOW_PARAMETERS } from "./model-catalog.ts";
import type { LlamaLibrary } from "./runtime.ts";

export type ModelFacts = {
  readonly path: string;
  /** For people: the catalog's title, else the file's name without its ending. */
  readonly title: string;
  readonly parameters: number;
  readonly bytes: number;
  /** Too small for more than a demonstration of the machinery. */
  readonly tiny: boolean;
};

/** Known files are not opened; others are counted by the shapes of their tensors. Rejects where the file is no model. */
export async function readModelFacts(path: string, library: () => Promise<LlamaLibrary>): Promise<ModelFacts> {
  const bytes = (await fileSize(path)) ?? 0;
  const known = CATALOG.find((model) => model.file === basename(path) && model.bytes === bytes);
  const parameters = known?.parameters ?? (await countParameters(path, await library()));
  return {
    path,
    title: known?.title ?? basename(path).replace(/\.gguf$/i, ""),
    parameters,
    bytes,
    tiny: parameters < TINY_BELOW_PARAMETERS,
  };
}

async function countParameters(path: string, library: LlamaLibrary): Promise<number> {
  const info = await library.readGgufFileInfo(path, { sourceType: "filesystem", logWarnings: false });
  const tensors = info.fullTensorInfo ?? info.tensorInfo ?? [];
  return tensors.reduce((sum, { dimensions }) => sum + dimensions.reduce<number>((product, side) => product * Number(side), 1), 0);
}
