// The full-screen display: follows a run, draws at most 30 frames a second, turns keys into choices and wishes.
import type { Clock } from "../../io/index.ts";
import type { LiveItem } from "../../log/contract.ts";
import type { RunResult } from "../../runtime/result.ts";
import type { DisplayContext } from "../context.ts";
import type { Steering } from "../contract.ts";
import { followRun, type Fold } from "../view/fold.ts";
import type { Frame, Size } from "../view/frame.ts";
import { press, wheel } from "../view/keys.ts";
import type { Key, OwnerWish, Wish } from "../view/key-types.ts";
import { syncModal } from "../view/modal-keys.ts";
import { bodyHeight, drawScreen, gridOf, type Screen } from "../view/screen.ts";
import { headerLines } from "../view/header.ts";
import { colourDepth, theme, themeFromEnvironment, type Theme, type ThemeName } from "../view/theme.ts";
import { firstUi, type Ui } from "../view/ui.ts";
import { renderMarkdown } from "./markdown.ts";
import type { MakeRenderer, Renderer } from "./renderer.ts";

const FRAME_MS = 33;
/** While a run goes on the clock in the header must move. */
const TICK_MS = 500;
const THEMES: readonly ThemeName[] = ["dark", "light", "plain"];

export type RichScreen = {
  /** A new run begins; what was shown before goes. */
  begin(): void;
  show(item: LiveItem): void;
  /** The run is over and this is what came of it. */
  end(result: RunResult): void;
  /** Changes what the person looks at, for the owner of the screen. */
  change(change: (ui: Ui) => Ui): void;
  /** Called for what the screen cannot do itself: leaving, and a question that was typed. */
  onWish(handler: (wish: OwnerWish) => void): void;
  /** Gives the terminal back; idempotent. */
  close(): void;
};

export type RichOptions = Pick<DisplayContext, "clock" | "env" | "interrupt"> & {
  readonly makeRenderer: MakeRenderer;
  readonly steering: Steering;
  /** Words that the input line completes. */
  readonly words: readonly string[];
  /** Drawing failed: a bug of ours. The screen is closed already and the run must go on without it. */
  readonly onFailure: (error: unknown) => void;
};

export function richScreen(options: RichOptions): RichScreen {
  return new OpenScreen(options);
}

/** Owns the terminal from its first frame until `close`. */
class OpenScreen implements RichScreen {
  readonly #options: RichOptions;
  readonly #clock: Clock;
  readonly #renderer: Renderer;
  #fold: Fold = followRun();
  #ui: Ui = firstUi();
  #theme: Theme;
  #size: Size = { columns: 80, rows: 24 };
  #running = false;
  #closed = false;
  #frameDue = false;
  /** False until a person can have seen a frame: keys pressed before were meant for whatever was there. */
  #seen = false;
  #lastFrameAt = 0;
  #handle: (wish: OwnerWish) => void = () => undefined;

  constructor(options: RichOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#theme = theme(themeFromEnvironment(options.env), colourDepth(options.env));
    this.#renderer = options.makeRenderer({
      draw: (size) => this.#draw(size),
      key: (key) => this.#key(key),
      wheel: (lines, at) => this.#pointer(at, (ui, frame) => wheel(ui, lines, frame)),
      click: (at) => this.#pointer(at, (ui) => ui),
    });
    this.#renderer.start();
    this.#askBackground();
    this.#tick();
  }

  /** From the run's last event on nothing can be stopped or steered any more, though its result is still to come. */
  get #steerable(): boolean {
    return this.#running && this.#fold.view.phase !== "done";
  }

  begin(): void {
    this.#fold = followRun();
    this.#running = true;
    // The next question can be prepared while this one is worked on, but keys belong to the views first.
    this.#ui = { ...firstUi(), input: this.#ui.input };
    this.#soon();
  }

  show(item: LiveItem): void {
    const wasOver = this.#fold.view.phase === "done";
    this.#fold.apply(item);
    // In a conversation the keys belong to the next question as soon as this one is seen to be over.
    if (!wasOver && this.#fold.view.phase === "done" && this.#ui.input !== null) this.#ui = { ...this.#ui, typing: true, search: null };
    this.#soon();
  }

  end(result: RunResult): void {
    this.#running = false;
    this.#fold.view.result = result;
    this.#fold.view.phase = "done";
    this.#ui = { ...this.#ui, panel: "result", modal: null };
    this.#soon();
  }

  change(change: (ui: Ui) => Ui): void {
    this.#ui = change(this.#ui);
    this.#soon();
  }

  onWish(handler: (wish: OwnerWish) => void): void {
    this.#handle = handler;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#renderer.stop();
  }

  #frame(size: Size): Frame {
    const { view } = this.#fold;
    const now = this.#running || view.lastAt === null ? this.#clock.now() : view.lastAt;
    return { view, ui: this.#ui, size, now, theme: this.#theme, markdown: (text, columns) => renderMarkdown(text, columns, this.#theme) };
  }

  #draw(size: Size): Screen {
    this.#size = size;
    this.#ui = syncModal(this.#ui, this.#fold.view, this.#clock.monotonic());
    return drawScreen(this.#frame(size));
  }

  /** Drawing is ours to get right; where it fails, the run must not suffer for it. */
  #drawNow(): void {
    if (this.#closed) return;
    this.#lastFrameAt = this.#clock.monotonic();
    try {
      this.#renderer.frame();
      // What was typed ahead is read in the turn of the event loop that follows the first frame, at the latest.
      if (!this.#seen) setImmediate(() => (this.#seen = true));
    } catch (error) {
      this.close();
      this.#options.onFailure(error);
    }
  }

  #soon(): void {
    if (this.#frameDue || this.#closed) return;
    this.#frameDue = true;
    const since = this.#clock.monotonic() - this.#lastFrameAt;
    this.#clock.after(Math.max(0, FRAME_MS - since), () => {
      this.#frameDue = false;
      this.#drawNow();
    });
  }

  #tick(): void {
    if (this.#closed) return;
    if (this.#running) this.#soon();
    this.#clock.after(TICK_MS, () => this.#tick());
  }

  #key(key: Key): void {
    if (this.#closed) return;
    // A line that is being typed takes what was typed ahead; Ctrl-C is never ahead, because until now it was a signal.
    if (!this.#seen && !this.#ui.typing && key.name !== "ctrl+c") return;
    const frame = this.#frame(this.#size);
    const pressed = press(this.#ui, key, { frame, at: this.#clock.monotonic(), running: this.#steerable, words: this.#options.words });
    this.#ui = pressed.ui;
    if (pressed.wish !== undefined) this.#grant(pressed.wish);
    this.#drawNow();
  }

  /** A pointer over a panel of the grid marks that agent, then does what it does. */
  #pointer({ x, y }: { readonly x: number; readonly y: number }, then: (ui: Ui, frame: Frame) => Ui): void {
    const frame = this.#frame(this.#size);
    const top = headerLines(frame).length;
    const grid = this.#ui.panel === "grid" ? gridOf(frame, bodyHeight(frame)) : null;
    const shift = grid !== null && grid.pages > 1 ? 1 : 0;
    const cell = grid?.cells.find(
      (at) => x >= at.left && x < at.left + at.columns && y - top - shift >= at.top && y - top - shift < at.top + at.rows,
    );
    if (cell !== undefined) this.#ui = { ...this.#ui, focused: cell.agent };
    this.#ui = then(this.#ui, this.#frame(this.#size));
    this.#drawNow();
  }

  #grant(wish: Wish): void {
    const { steering, interrupt } = this.#options;
    switch (wish.kind) {
      case "interrupt":
        return interrupt();
      case "answer-now":
        this.#ui = { ...this.#ui, notice: "asked for the answer now" };
        return steering.answerNow();
      case "pause":
        return steering.pause();
      case "resume":
        return steering.resume();
      case "permission":
        return steering.permission(wish.call, wish.allow, wish.remember);
      case "form":
        return steering.form(wish.call, wish.answer);
      case "copy":
        return this.#renderer.copy(wish.text);
      case "next-theme":
        this.#theme = theme(THEMES[(THEMES.indexOf(this.#theme.name) + 1) % THEMES.length] ?? "dark", colourDepth(this.#options.env));
        return;
      case "stop-and-leave":
        steering.cancel();
        return this.#handle(wish);
      case "leave":
      case "ask":
        return this.#handle(wish);
    }
  }

  #askBackground(): void {
    const before = this.#theme;
    this.#renderer.background().then(
      (found) => {
        if (found === null || this.#closed || this.#theme !== before) return;
        this.#theme = theme(found, colourDepth(this.#options.env));
        this.#soon();
      },
      () => undefined,
    );
  }
}
