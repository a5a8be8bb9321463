// One loaded model per process and file, shared by all agents that use it: loaded by the first turn, freed by the last close.
import type { ChatWrapper, Llama, LlamaContext, LlamaModel } from "node-llama-cpp";
import type { Io } from "../../io/index.ts";
import { loadLibrary, startLlama, type LlamaLibrary } from "./runtime.ts";
import { SequencePool } from "./sequence-pool.ts";

export type EngineOptions = {
  readonly path: string;
  /** Tokens per agent; null = what suits the model. */
  readonly contextSize: number | null;
  /** Null = all physical cores but one: workers that spin on a busy core are many times slower than fewer workers. */
  readonly threads: number | null;
  readonly gpuLayers: number | null;
  /** At most so many agents at a time; the rest wait for a sequence. */
  readonly agents: number;
};

export type Engine = {
  readonly library: LlamaLibrary;
  readonly llama: Llama;
  readonly model: LlamaModel;
  readonly context: LlamaContext;
  readonly pool: SequencePool;
  readonly wrapper: ChatWrapper;
};

const TINY_CONTEXT = 2048;
const CONTEXT = 8192;
const MAX_SEQUENCES = 16;

type Shared = { agents: number; holders: number; engine: Promise<Engine> | null };
const engines = new Map<string, Shared>();

/** One agent's share of an engine. */
export type EngineShare = {
  /** Loads the model the first time, for everybody. Rejects with UsageError or with what the library says. */
  open(): Promise<Engine>;
  /** Idempotent; the last one frees the model, once no sequence is lent any more. Never rejects. */
  close(): Promise<void>;
};

/** Costs nothing until `open`. */
export function shareEngine(
  io: Pick<Io, "env" | "cwd" | "files" | "platform">,
  options: EngineOptions & { readonly tiny: boolean },
): EngineShare {
  const key = JSON.stringify([options.path, options.contextSize, options.threads, options.gpuLayers]);
  const shared = engines.get(key) ?? { agents: 0, holders: 0, engine: null };
  engines.set(key, shared);
  shared.holders += 1;
  shared.agents = Math.max(shared.agents, options.agents, shared.holders);
  let open = true;
  return {
    open: () => {
      shared.engine ??= load(io, { ...options, agents: shared.agents }).catch((error: unknown) => {
        shared.engine = null;
        throw error;
      });
      return shared.engine;
    },
    close: async () => {
      if (!open) return;
      open = false;
      shared.holders -= 1;
      if (shared.holders > 0) return;
      engines.delete(key);
      await free(shared.engine);
    },
  };
}

async function load(
  io: Pick<Io, "env" | "cwd" | "files" | "platform">,
  options: EngineOptions & { readonly tiny: boolean },
): Promise<Engine> {
  const library = await loadLibrary(io);
  const llama = await startLlama(library, io);
  try {
    const model = await llama.loadModel({
      modelPath: options.path,
      ...(options.gpuLayers === null ? {} : { gpuLayers: options.gpuLayers }),
    });
    const size = options.contextSize ?? Math.min(options.tiny ? TINY_CONTEXT : CONTEXT, model.trainContextSize);
    const sequences = Math.min(Math.max(1, options.agents), MAX_SEQUENCES);
    const context = await model.createContext({
      sequences,
      contextSize: size,
      threads: options.threads ?? Math.max(1, llama.cpuMathCores - 1),
    });
    return { library, llama, model, context, pool: new SequencePool(context, sequences), wrapper: library.resolveChatWrapper(model) };
  } catch (error) {
    await llama.dispose();
    throw error;
  }
}

async function free(loading: Promise<Engine> | null): Promise<void> {
  const engine = await loading?.catch(() => null); // Whoever opened it has been told.
  if (!engine) return;
  await engine.pool.idle();
  await engine.llama.dispose();
}
