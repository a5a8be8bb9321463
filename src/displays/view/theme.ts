// Colours by purpose: a theme maps what a text is to escape codes. The themes differ in their table only.
import type { Environment } from "../../io/index.ts";

export type Style =
  | "text"
  | "dim"
  | "faint"
  | "title"
  | "accent"
  | "good"
  | "bad"
  | "warn"
  | "border"
  | "focus"
  | "key"
  | "bar"
  | "selected"
  | "thought"
  | "tool"
  | "agent0"
  | "agent1"
  | "agent2"
  | "agent3"
  | "agent4"
  | "agent5";
export type ThemeName = "dark" | "light" | "plain";
export type ColourDepth = "none" | "16" | "256" | "truecolor";
export type Theme = { readonly name: ThemeName; readonly paint: (style: Style, text: string) => string };

/** A colour as RGB, and what stands for it where there are 256 or 16. */
type Colour = readonly [rgb: readonly [number, number, number], of256: number, of16: number];
type Look = { readonly colour?: Colour; readonly on?: readonly number[]; readonly off?: readonly number[] };
type Palette = Readonly<Record<Style, Look>>;

const BOLD = { on: [1], off: [22] };
const ITALIC = { on: [3], off: [23] };
const REVERSE = { on: [7], off: [27] };

const colour = (hex: number, of256: number, of16: number): Colour => [[hex >> 16, (hex >> 8) & 255, hex & 255], of256, of16];

const DARK: Palette = {
  text: {},
  dim: { colour: colour(0xa9b3c0, 249, 37) },
  faint: { colour: colour(0x8b949e, 245, 37) },
  title: { ...BOLD, colour: colour(0xf3f4f6, 255, 97) },
  accent: { colour: colour(0x7dd3fc, 117, 96) },
  good: { colour: colour(0x86efac, 120, 92) },
  bad: { colour: colour(0xfca5a5, 217, 91) },
  warn: { colour: colour(0xfcd34d, 221, 93) },
  border: { colour: colour(0x5b6675, 242, 90) },
  focus: { ...BOLD, colour: colour(0x7dd3fc, 117, 96) },
  key: { ...BOLD, colour: colour(0xe5e7eb, 254, 97) },
  bar: { ...BOLD, colour: colour(0x38bdf8, 75, 94) },
  selected: REVERSE,
  thought: { ...ITALIC, colour: colour(0x98a2b0, 247, 37) },
  tool: { colour: colour(0xc4b5fd, 183, 95) },
  agent0: { colour: colour(0x7dd3fc, 117, 96) },
  agent1: { colour: colour(0xf0abfc, 219, 95) },
  agent2: { colour: colour(0xfcd34d, 221, 93) },
  agent3: { colour: colour(0x86efac, 120, 92) },
  agent4: { colour: colour(0xfdba74, 215, 33) },
  agent5: { colour: colour(0xa5b4fc, 147, 94) },
};

const LIGHT: Palette = {
  ...DARK,
  dim: { colour: colour(0x4b5563, 240, 90) },
  faint: { colour: colour(0x646b78, 242, 90) },
  thought: { ...ITALIC, colour: colour(0x565f6e, 241, 90) },
  title: { ...BOLD, colour: colour(0x111827, 234, 30) },
  accent: { colour: colour(0x0369a1, 25, 34) },
  good: { colour: colour(0x15803d, 28, 32) },
  bad: { colour: colour(0xb91c1c, 124, 31) },
  warn: { colour: colour(0x92400e, 94, 33) },
  border: { colour: colour(0x9ca3af, 248, 37) },
  focus: { ...BOLD, colour: colour(0x0369a1, 25, 34) },
  key: { ...BOLD, colour: colour(0x111827, 234, 30) },
  bar: { ...BOLD, colour: colour(0x0369a1, 25, 34) },
  tool: { colour: colour(0x6d28d9, 55, 35) },
  agent0: { colour: colour(0x0369a1, 25, 34) },
  agent1: { colour: colour(0xa21caf, 127, 35) },
  agent2: { colour: colour(0x92400e, 94, 33) },
  agent3: { colour: colour(0x15803d, 28, 32) },
  agent4: { colour: colour(0xc2410c, 166, 31) },
  agent5: { colour: colour(0x4338ca, 62, 34) },
};

/** Attributes are kept without colours (bold, dim, reverse): they carry meaning, not decoration. */
export function theme(name: ThemeName, depth: ColourDepth): Theme {
  const palette = name === "light" ? LIGHT : DARK;
  const codes = new Map<Style, readonly [string, string]>();
  for (const [style, look] of Object.entries(palette) as [Style, Look][])
    codes.set(style, codesOf(look, name === "plain" ? "none" : depth));
  return {
    name,
    paint: (style, text) => {
      const [on, off] = codes.get(style) ?? ["", ""];
      return on === "" || text === "" ? text : on + text + off;
    },
  };
}

function codesOf({ colour: look, on = [], off = [] }: Look, depth: ColourDepth): readonly [string, string] {
  const start = [...on, ...(look === undefined ? [] : foreground(look, depth))];
  const end = [...off, ...(look === undefined || depth === "none" ? [] : [39])];
  return start.length === 0 ? ["", ""] : [`\u001B[${start.join(";")}m`, `\u001B[${end.join(";")}m`];
}

function foreground([rgb, of256, of16]: Colour, depth: ColourDepth): readonly number[] {
  if (depth === "none") return [];
  if (depth === "16") return [of16];
  return depth === "256" ? [38, 5, of256] : [38, 2, ...rgb];
}

/** How many colours the terminal says it has; none with NO_COLOR. */
export function colourDepth(env: Environment): ColourDepth {
  if ((env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb" || env["FORCE_COLOR"] === "0") return "none";
  if (/^(truecolor|24bit)$/i.test(env["COLORTERM"] ?? "") || env["FORCE_COLOR"] === "3") return "truecolor";
  return /256/.test(env["TERM"] ?? "") ? "256" : "16";
}

/** What COLORFGBG says of the background, where it is set: `15;0` is light on dark. */
export function themeFromEnvironment(env: Environment): ThemeName {
  const background = Number((env["COLORFGBG"] ?? "").split(";").at(-1) || Number.NaN);
  return background === 7 || background === 15 || (background >= 9 && background <= 14) ? "light" : "dark";
}

export const AGENT_STYLES = ["agent0", "agent1", "agent2", "agent3", "agent4", "agent5"] as const satisfies readonly Style[];
export const agentStyle = (index: number): Style => AGENT_STYLES[index % AGENT_STYLES.length] ?? "text";
