// From the options that name a team to the team's source.
import { resolve } from "node:path";
import type { Io } from "../io/index.ts";
import type { RUN_OPTIONS } from "./commands/run-options.ts";
import type { OptionValues } from "./option-table.ts";
import type { TeamSource } from "./services.ts";

export type TeamOptions = Pick<
  OptionValues<typeof RUN_OPTIONS>,
  "config" | "backend" | "model" | "base-url" | "system-message" | "agents" | "strict-config"
>;

export async function teamSource(options: TeamOptions, io: Io): Promise<TeamSource> {
  return {
    file: await absolute(options.config, io),
    backend: options.backend,
    model: options.model,
    baseUrl: options["base-url"],
    systemMessage: options["system-message"],
    agents: options.agents,
    strictConfig: options["strict-config"],
  };
}

/** Options beside what brings a team of its own: the older program ignores them without a word, here they are at least named. */
export function unusedFlags(options: TeamOptions, { continued = false } = {}): readonly string[] {
  const names = ["model", "base-url", "system-message", "agents"] as const;
  const other = options.config !== null ? "--config" : continued ? "--continue" : null;
  if (other === null) return [];
  return names.filter((name) => options[name] !== null).map((name) => `massgen: warning: --${name} is not used together with ${other}`);
}

/** A file keeps its meaning in another folder; the name of a shipped example has it everywhere. */
async function absolute(file: string | null, io: Io): Promise<string | null> {
  return file !== null && (await io.files.exists(resolve(io.cwd, file))) ? resolve(io.cwd, file) : file;
}
