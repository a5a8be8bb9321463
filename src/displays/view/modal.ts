// Questions that must be answered before anything else: leaving a run, permission for a tool call, and a form of a server.
import type { PermissionView } from "./model.ts";
import { formLines } from "./form-modal.ts";
import type { Frame } from "./frame.ts";
import { fit, wrap } from "./measure.ts";
import { filled, padded, spanLine, spansWidth, type Span } from "./spans.ts";
import { plural } from "../format.ts";
import { harmless } from "./text-rows.ts";
import { neutralise } from "../../security/index.ts";
import type { Style } from "./theme.ts";

export type PermissionChoice = {
  readonly key: string;
  readonly text: string;
  /** For narrow places. */
  readonly brief: string;
  readonly allow: boolean;
  readonly remember: "once" | "run" | "always";
};

export const PERMISSION_CHOICES: readonly PermissionChoice[] = [
  { key: "y", text: "allow this call", brief: "allow", allow: true, remember: "once" },
  { key: "r", text: "allow this tool for this run", brief: "allow for the run", allow: true, remember: "run" },
  { key: "w", text: "always allow this tool", brief: "always allow", allow: true, remember: "always" },
  { key: "n", text: "refuse this call", brief: "refuse", allow: false, remember: "once" },
  { key: "x", text: "refuse this tool for this run", brief: "refuse for the run", allow: false, remember: "run" },
];
/** Marked at first: nobody grants a right by a stray Enter. */
export const REFUSE_ONCE = 3;

/** The body with the question over it; the same number of lines. */
export function withModal(body: readonly string[], frame: Frame): string[] {
  const box = modalLines(frame, body.length);
  if (box.length === 0) return [...body];
  const top = Math.max(0, Math.floor((body.length - box.length) / 2));
  return body.map((line, row) => (row >= top && row < top + box.length ? (box[row - top] ?? line) : line));
}

function modalLines(frame: Frame, height: number): string[] {
  const { modal } = frame.ui;
  if (modal === null) return [];
  if (modal.kind === "quit") return boxed(quitLines(), frame, "warn");
  if (modal.kind === "form") {
    const view = frame.view.forms.find(({ id }) => id === modal.question);
    return view === undefined ? [] : boxed(formLines({ view, modal, height }, frame), frame, "warn");
  }
  const permission = frame.view.permissions.find(({ id }) => id === modal.question);
  return permission === undefined ? [] : permissionBox(permission, frame, { height, choice: modal.choice, scroll: modal.scroll });
}

const quitLines = (): Span[][] => [
  [["title", "Stop this run and leave?"]],
  [["text", "What was answered so far is kept."]],
  [],
  [
    ["key", "y"],
    ["text", " stop and leave    "],
    ["key", "n"],
    ["text", " go on"],
  ],
];

type PermissionLook = { readonly height: number; readonly choice: number; readonly scroll: number };

/** From this many lines of body on every choice has a line of its own. */
const TALL = 15;

function permissionBox(permission: PermissionView, frame: Frame, { height, choice, scroll }: PermissionLook): string[] {
  const inner = Math.max(1, frame.size.columns - 4);
  const tall = height >= TALL;
  const choices = tall ? choiceLines(choice) : flowingChoices(choice, inner);
  const argumentsText = argumentLines(permission, inner);
  // Two borders, the title and the line at the bottom; on tall screens also one between the arguments and the choices.
  const room = Math.max(1, height - choices.length - (tall ? 5 : 4));
  const from = Math.min(scroll, Math.max(0, argumentsText.length - room));
  const shown = argumentsText.slice(from, from + room);
  const hidden = argumentsText.length - shown.length;
  const more: Span[] = hidden > 0 ? [["warn", `${plural(hidden, "more line")}: ↑ ↓  `]] : [];
  const lines: Span[][] = [
    titleLine(permission, frame),
    ...shown.map((text): Span[] => [["text", text]]),
    ...(tall ? [more] : []),
    ...choices,
    [...(tall ? [] : more), ["dim", tall || hidden === 0 ? "Tab marks; Enter or letter answers" : "Enter or letter"]],
  ];
  return boxed(lines, frame, "warn");
}

/** `carol asks to call files/write (1 of 3)` */
function titleLine(permission: PermissionView, { view }: Frame): Span[] {
  const waiting = view.permissions.length;
  return [
    ["title", `${harmless(permission.agent)} asks to call `],
    ["tool", harmless(`${permission.server}/${permission.tool}`)],
    ["dim", waiting > 1 ? ` (${view.permissions.indexOf(permission) + 1} of ${waiting})` : ""],
  ];
}

const choiceSpans = ({ key, text }: { readonly key: string; readonly text: string }, marked: boolean): Span[] => [
  [marked ? "selected" : "key", ` ${key} `],
  [marked ? "focus" : "text", ` ${text}`],
];

const choiceLines = (choice: number): Span[][] => PERMISSION_CHOICES.map((one, index) => choiceSpans(one, index === choice));

/** Several choices on a line, in short words: for screens where lines are rare. */
function flowingChoices(choice: number, columns: number): Span[][] {
  const lines: Span[][] = [[]];
  for (const [index, { key, brief }] of PERMISSION_CHOICES.entries()) {
    const spans: Span[] = [...choiceSpans({ key, text: brief }, index === choice), ["text", "  "]];
    if (spansWidth([...(lines.at(-1) ?? []), ...spans]) > columns + 2 && (lines.at(-1) ?? []).length > 0) lines.push([]);
    lines.at(-1)?.push(...spans);
  }
  return lines;
}

/** The arguments in full, one per line, wrapped. */
export function argumentLines({ input }: PermissionView, columns: number): string[] {
  const text = JSON.stringify(input, null, 2) ?? "null";
  return text.split("\n").flatMap((line) => wrap(neutralise(line).replaceAll("\t", "    "), columns));
}

function boxed(lines: readonly (readonly Span[])[], { size, theme }: Frame, edge: Style): string[] {
  const inner = Math.max(1, size.columns - 4);
  const side = theme.paint(edge, "║");
  const row = (spans: readonly Span[]): string => `${side} ${padded(spanLine(spans, inner, theme), inner)} ${side}`;
  const bar = (corners: string): string =>
    filled(
      [edge, fit(`${corners.charAt(0)}${"═".repeat(Math.max(0, size.columns - 2))}${corners.charAt(1)}`, size.columns)],
      size.columns,
      theme,
    );
  return [bar("╔╗"), ...lines.map(row), bar("╚╝")];
}
