// Which executable a command name means, so that it can be fingerprinted, checked and started without a shell.
import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";
import type { Environment } from "./io.ts";

export type CommandQuestion = {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Environment;
  readonly cwd: string;
  readonly platform: NodeJS.Platform;
};
export type ResolvedCommand = {
  /** Absolute path of what is started. */
  readonly file: string;
  readonly args: readonly string[];
  /** The arguments are quoted for cmd.exe already. */
  readonly verbatim: boolean;
};

/** Null when no such executable exists. Batch files on Windows are wrapped in `cmd.exe` with every argument quoted. */
export function resolveCommand(question: CommandQuestion): ResolvedCommand | null {
  const file = findExecutable(question);
  if (file === null) return null;
  if (question.platform !== "win32" || !/\.(cmd|bat)$/i.test(file)) return { file, args: question.args, verbatim: false };
  const line = [file, ...question.args].map(quoteForCmd).join(" ");
  return { file: question.env["ComSpec"] ?? question.env["COMSPEC"] ?? "cmd.exe", args: ["/d", "/s", "/c", `"${line}"`], verbatim: true };
}

/** Whether a command is a path from the working folder; every other one is looked for on PATH. */
export const isCommandPath = (command: string, platform: NodeJS.Platform): boolean =>
  command.includes("/") || (platform === "win32" && command.includes("\\"));

/** The absolute path of what a command name means, or null. */
export function findExecutable({ command, env, cwd, platform }: CommandQuestion): string | null {
  const windows = platform === "win32";
  const endings = windows && path.extname(command) === "" ? (env["PATHEXT"] ?? ".EXE;.CMD;.BAT;.COM").split(";") : [""];
  const folders = isCommandPath(command, platform)
    ? [""]
    : (env["PATH"] ?? env["Path"] ?? "").split(windows ? ";" : ":").filter((folder) => folder !== "");
  for (const folder of folders) {
    for (const ending of endings) {
      const candidate = path.resolve(cwd, folder, command + ending);
      if (isExecutable(candidate, windows)) return candidate;
    }
  }
  return null;
}

function isExecutable(file: string, windows: boolean): boolean {
  try {
    if (!statSync(file).isFile()) return false;
    accessSync(file, windows ? constants.F_OK : constants.X_OK);
    return true;
  } catch {
    return false; // Not there, or not ours to run: the next place is tried.
  }
}

/** The quoting rules of the C runtime, then of cmd.exe, which would otherwise act on `&`, `|`, `%` and the like. */
function quoteForCmd(argument: string): string {
  const quoted = `"${argument.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/(\\*)$/, "$1$1")}"`;
  return quoted.replaceAll(/([()\][%!^"`<>&|;, *?])/g, "^$1");
}
