// The templates of `massgen mcp init`: which there are, of which folders of the package each is made, and copying them.
import { join } from "node:path";
import { MassgenError, UsageError } from "../errors/index.ts";
import { systemErrorCode, type Io } from "../io/index.ts";
import { packageFolder } from "./package-folder.ts";

export const TEMPLATES = {
  "typescript-stdio": {
    folders: ["typescript-shared", "typescript-stdio"],
    about: "TypeScript, started by MassGen, no package needed",
    test: ["npm test"],
  },
  "typescript-http": {
    folders: ["typescript-shared", "typescript-http"],
    about: "TypeScript over HTTP, runs by itself, no package needed",
    test: ["npm test"],
  },
  python: {
    folders: ["python"],
    about: "Python, started by MassGen, needs the package `mcp`",
    test: ["python3 -m venv .venv", ".venv/bin/pip install -r requirements.txt", ".venv/bin/python -m unittest"],
  },
} as const;
export type TemplateName = keyof typeof TEMPLATES;

/** Copies a template into a folder that is empty or does not exist yet. Resolves to the names of the files. Throws UsageError where something is in the way. */
export async function copyTemplate(name: TemplateName, folder: string, { files }: Pick<Io, "files">): Promise<readonly string[]> {
  if ((await files.exists(folder)) && (await namesIn(folder, files)).length > 0)
    throw inTheWay(`The folder ${folder} is not empty; nothing was written.`);
  const root = await packageFolder("templates", { files });
  if (root === null) throw new MassgenError("E_INTERNAL", "The package has no templates: the folder is missing.");
  await files.makeFolder(folder);
  const sources = await Promise.all(
    TEMPLATES[name].folders.map(async (part) =>
      (await files.list(join(root, part))).map((file) => ({ file, from: join(root, part, file) })),
    ),
  );
  for (const { file, from } of sources.flat())
    await files.createNew(join(folder, file), Buffer.from(await files.read(from)).toString("utf8"));
  return sources
    .flat()
    .map(({ file }) => file)
    .toSorted();
}

async function namesIn(folder: string, files: Io["files"]): Promise<readonly string[]> {
  try {
    return await files.list(folder);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === null) throw error;
    throw inTheWay(code === "ENOTDIR" ? `${folder} is a file; nothing was written.` : `${folder} cannot be read (${code}).`);
  }
}

const inTheWay = (message: string): UsageError => new UsageError("E_USAGE", message, { next: "Name another folder, or empty this one." });
