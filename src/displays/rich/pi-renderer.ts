// The renderer on pi-tui: it compares frames line by line, knows the mouse, selects and copies text.
import {
  CURSOR_MARKER,
  KeybindingsManager,
  setKeybindings,
  sliceByColumn,
  TUI_KEYBINDINGS,
  TuiAltScreen,
  visibleWidth,
  type Component,
  type TuiMouseEvent,
} from "@earendil-works/pi-tui";
import type { Terminal } from "../../io/index.ts";
import { keyOf } from "./key-names.ts";
import type { MakeRenderer, RendererHandlers } from "./renderer.ts";
import { adaptTerminal } from "./terminal-adapter.ts";

const WHEEL_LINES = 3;
const BACKGROUND_WAIT_MS = 200;

/** The library's own keys for scrolling and searching are off: all keys are ours. */
function ownAllKeys(): void {
  const own = Object.keys(TUI_KEYBINDINGS).filter((name) => name.startsWith("tui.altScreen."));
  setKeybindings(new KeybindingsManager(TUI_KEYBINDINGS, Object.fromEntries(own.map((name) => [name, []]))));
}

export function piRenderer(terminal: Terminal): MakeRenderer {
  return (handlers) => {
    ownAllKeys();
    const adapted = adaptTerminal(terminal);
    const tui = new TuiAltScreen(adapted, true, undefined, { wheelScrollLines: WHEEL_LINES });
    tui.setLayoutRoot(screenComponent(handlers, () => ({ columns: adapted.columns, rows: adapted.rows })));
    tui.addInputListener((data) => {
      // The mouse belongs to the library: it selects text, and gives wheel and clicks to the component.
      if (/^\u001B\[(<|M|I$|O$)/.test(data)) return undefined;
      const key = keyOf(data);
      if (key !== null) handlers.key(key);
      return { consume: true };
    });
    let running = false;
    return {
      start: () => {
        running = true;
        tui.start();
      },
      frame: () => (running ? tui.renderNow() : undefined),
      copy: (text) => adapted.write(`\u001B]52;c;${Buffer.from(text, "utf8").toString("base64")}\u0007`),
      background: async () => brightness(await tui.queryTerminalBackgroundColor({ timeoutMs: BACKGROUND_WAIT_MS })),
      stop: () => {
        if (!running) return;
        running = false;
        tui.stop({ preserveScreen: true });
      },
    };
  };
}

function brightness(colour: { readonly r: number; readonly g: number; readonly b: number } | undefined): "dark" | "light" | null {
  if (colour === undefined) return null;
  return colour.r * 0.299 + colour.g * 0.587 + colour.b * 0.114 > 140 ? "light" : "dark";
}

function screenComponent(handlers: RendererHandlers, size: () => { columns: number; rows: number }): Component {
  return {
    render: () => {
      const { lines, cursor } = handlers.draw(size());
      return cursor === null ? [...lines] : lines.map((line, row) => (row === cursor.row ? withCursor(line, cursor.column) : line));
    },
    handleMouse: (event: TuiMouseEvent) => {
      if (event.type === "wheel") {
        handlers.wheel(event.wheelDelta ?? 0, event);
        return { handled: true };
      }
      if (event.type === "click" && event.button === "left") handlers.click(event);
      return undefined;
    },
    invalidate: () => undefined,
  };
}

function withCursor(line: string, column: number): string {
  const width = visibleWidth(line);
  const before = sliceByColumn(line, 0, column);
  return before + " ".repeat(Math.max(0, column - width)) + CURSOR_MARKER + sliceByColumn(line, column, Math.max(0, width - column));
}
