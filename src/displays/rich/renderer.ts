// The port behind which the full-screen renderer can be replaced: lines go in, keys come out.
import type { Key } from "../view/key-types.ts";
import type { Size } from "../view/frame.ts";
import type { Screen } from "../view/screen.ts";

export type RendererHandlers = {
  /** Exactly `rows` lines, none wider than `columns`. Called for every frame; must be quick. */
  draw(size: Size): Screen;
  key(key: Key): void;
  /** Lines to scroll, negative: up; and the cell under the pointer. */
  wheel(lines: number, at: { readonly x: number; readonly y: number }): void;
  click(at: { readonly x: number; readonly y: number }): void;
};

export type Renderer = {
  /** Takes the terminal over: full screen, raw keys, mouse. */
  start(): void;
  /** Draws now, unless nothing changed on the screen. */
  frame(): void;
  /** Puts text into the clipboard of the person's terminal. */
  copy(text: string): void;
  /** The terminal's background, where it says so in time. */
  background(): Promise<"dark" | "light" | null>;
  /** Gives the terminal back as it was, synchronously; idempotent. */
  stop(): void;
};

export type MakeRenderer = (handlers: RendererHandlers) => Renderer;
