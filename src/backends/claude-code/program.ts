// Which Claude Code program is started: the one the file names, else the SDK's own, else `claude` on the PATH.
import { findExecutable, type Io } from "../../io/index.ts";

/** What the SDK says where its own program was not installed with it, and where a named one is not there (127 is the shell's word for that). */
export const isProgramMissing = (error: unknown): boolean =>
  /ENOENT|not found|native binary|exited with code 127\b/i.test(error instanceof Error ? error.message : String(error));

/** What `start` gives with the first program that is there. Throws what `start` throws, where there is none. */
export function startProgram<Started>(
  named: string | null,
  { env, cwd, platform }: Pick<Io, "env" | "cwd" | "platform">,
  start: (executable: string | null) => Started,
): Started {
  try {
    return start(named);
  } catch (error) {
    if (named !== null || !isProgramMissing(error)) throw error;
    const found = findExecutable({ command: "claude", args: [], env, cwd, platform });
    // A batch file cannot be started without a shell.
    if (found === null || /\.(cmd|bat)$/i.test(found)) throw error;
    return start(found);
  }
}
