// The configurations a client of the server may choose: the files of one folder, under their names, all checked before the first question.
import { extname, join, resolve } from "node:path";
import type { MassgenConfig } from "../config/index.ts";
import { systemErrorCode } from "../io/index.ts";
import { quoted, usageError } from "./arguments.ts";
import type { CommandContext } from "./command.ts";
import type { TeamSource } from "./services.ts";

const ENDINGS = [".yaml", ".yml", ".json"];

export type ServedTeam = { readonly name: string; readonly source: TeamSource; readonly config: MassgenConfig };

/** Throws UsageError for a folder without configurations, and for the problems of any. */
export async function servedTeams(folder: string, like: TeamSource, { services, io }: CommandContext): Promise<readonly ServedTeam[]> {
  const path = resolve(io.cwd, folder);
  const files = (await namesIn(path, io)).filter((file) => ENDINGS.includes(extname(file).toLowerCase())).toSorted();
  if (files.length === 0) throw usageError(`There is no configuration file in ${quoted(folder)}`);
  const teams: ServedTeam[] = [];
  for (const file of files) {
    const source: TeamSource = {
      ...like,
      file: join(path, file),
      backend: null,
      model: null,
      baseUrl: null,
      systemMessage: null,
      agents: null,
    };
    const { config } = await services.configure(source, io);
    teams.push({ name: file.slice(0, -extname(file).length), source, config });
  }
  return teams;
}

async function namesIn(path: string, { files }: CommandContext["io"]): Promise<readonly string[]> {
  try {
    return await files.list(path);
  } catch (error) {
    if (systemErrorCode(error) === null) throw error;
    return [];
  }
}
