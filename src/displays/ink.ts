// Colours for line output: names on one side, escape codes on the other, nothing at all where colours are not wanted.
import type { AgentId } from "../core/index.ts";
import type { Environment } from "../io/index.ts";
import type { Tone } from "./line.ts";

const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
  plain: null,
} as const;
export type InkName = keyof typeof CODES;
export type Ink = (name: InkName, text: string) => string;

/** True where the environment asks for no colour (NO_COLOR, TERM=dumb) and does not force it (FORCE_COLOR). */
export function wantsColour(env: Environment, isTTY: boolean): boolean {
  if ((env["NO_COLOR"] ?? "") !== "") return false;
  if ((env["FORCE_COLOR"] ?? "") !== "") return env["FORCE_COLOR"] !== "0";
  return isTTY && env["TERM"] !== "dumb";
}

export function inkFor(env: Environment, isTTY: boolean): Ink {
  if (!wantsColour(env, isTTY)) return (_name, text) => text;
  return (name, text) => {
    const code = CODES[name];
    return code === null || text === "" ? text : `\u001B[${code[0]}m${text}\u001B[${code[1]}m`;
  };
}

const TONES: Readonly<Record<Tone, InkName>> = {
  speech: "plain",
  thought: "dim",
  tool: "cyan",
  good: "green",
  bad: "red",
  note: "dim",
  heading: "bold",
};
export const toneInk = (tone: Tone): InkName => TONES[tone];

const AGENT_INKS = ["cyan", "magenta", "yellow", "green", "blue"] as const;

/** The same colour for the same agent, in every run. */
export function agentInk(agent: AgentId): InkName {
  let sum = 0;
  for (const character of agent) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  return AGENT_INKS[sum % AGENT_INKS.length] ?? "plain";
}
