// A line of narration before it is coloured: who, in which tone, what.
import type { AgentId } from "../core/index.ts";

export type Tone = "speech" | "thought" | "tool" | "good" | "bad" | "note" | "heading";
export type Line = { readonly agent: AgentId | null; readonly tone: Tone; readonly text: string };

export const note = (text: string): Line => ({ agent: null, tone: "note", text });
export const bad = (text: string): Line => ({ agent: null, tone: "bad", text });
