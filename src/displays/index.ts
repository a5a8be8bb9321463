// The door of the displays: choosing one and making it.
import type { Environment, Terminal } from "../io/index.ts";
import type { RunResult } from "../runtime/result.ts";
import type { Display } from "./contract.ts";
import type { DisplayContext } from "./context.ts";
import type { Dialogue, DialogueOptions } from "./dialogue.ts";

export type { DisplayContext } from "./context.ts";
export type { Dialogue, DialogueOptions, Reading } from "./dialogue.ts";
export { clockTime, contentText, cost, duration, oneLine, plural, shortArguments, shorten, tokens } from "./format.ts";
export { causeInWords, FATES } from "./result-lines.ts";

/** One line per display; each is loaded when it is chosen. */
const DISPLAYS = {
  rich_terminal: async (context: DisplayContext) => (await import("./rich/rich-display.ts")).richDisplay(context),
  terminal: async (context: DisplayContext) => (await import("./terminal.ts")).terminalDisplay(context),
  simple: async (context: DisplayContext) => (await import("./simple.ts")).simpleDisplay(context),
  json: async (context: DisplayContext) => (await import("./json.ts")).jsonDisplay(context),
  quiet: async (context: DisplayContext) => (await import("./quiet.ts")).quietDisplay(context),
} satisfies Readonly<Record<string, (context: DisplayContext) => Promise<Display>>>;
export type DisplayKind = keyof typeof DISPLAYS;

/** A conversation inside the full screen. */
export async function createRichDialogue(context: DisplayContext, options: DialogueOptions): Promise<Dialogue> {
  return (await import("./rich/rich-dialogue.ts")).richDialogue(context, options);
}

/** The end of a run: votes and footnotes on standard error, the answer on standard output. */
export async function printResult(
  result: RunResult,
  io: Pick<DisplayContext, "terminal" | "env">,
  elapsedMs: number | null,
): Promise<void> {
  (await import("./terminal.ts")).printResult(result, io, elapsedMs);
}

export const createDisplay = (kind: DisplayKind, context: DisplayContext): Promise<Display> => DISPLAYS[kind](context);

export type DisplayWish = {
  /** `--display`, or `simple` for `--no-display`. */
  readonly flag: DisplayKind | null;
  /** `ui.display` of the configuration. */
  readonly configured: DisplayKind | null;
  readonly quiet: boolean;
};

/** The display that fits what is wished for and what is there: full screen and colours only where a person watches a terminal. */
export function chooseDisplay(wish: DisplayWish, terminal: Terminal, env: Environment): DisplayKind {
  const wished = wish.flag ?? wish.configured ?? "rich_terminal";
  if (wished === "json") return "json";
  if (wish.quiet) return "quiet";
  if (wished !== "rich_terminal" && wished !== "terminal") return wished;
  if (env["TERM"] === "dumb") return "simple";
  const fullScreen = terminal.stdout.isTTY === true && terminal.stdin.isTTY === true;
  if (wished === "rich_terminal" && fullScreen) return "rich_terminal";
  return terminal.stderr.isTTY === true ? "terminal" : "simple";
}
