// What the specifications of all backends have in common.
import { gateOf } from "./account.ts";
import type { BackendParts } from "./backend-parts.ts";
import type { LanguageModelSpec } from "./language-model.ts";

type Shared = Pick<LanguageModelSpec, "capabilities" | "io" | "modelId" | "apiKey" | "gate">;

export function sharedSpec(parts: BackendParts, at: { readonly baseUrl: string; readonly modelId: string }): Shared {
  const { capabilities, config, io } = parts;
  return {
    capabilities,
    io,
    modelId: at.modelId,
    apiKey: config.apiKey,
    gate: gateOf({ config, baseUrl: at.baseUrl, model: at.modelId, io }),
  };
}
