// Questions that must be answered before anything else: leaving a run, and permission for a tool call.
import type { PermissionView } from "./model.ts";
import type { Frame } from "./frame.ts";
import { fit, wrap } from "./measure.ts";
import { filled, spanLine, type Span } from "./spans.ts";
import { harmless } from "./text-rows.ts";
import { neutralise } from "../../security/index.ts";
import type { Style } from "./theme.ts";

export type PermissionChoice = {
  readonly key: string;
  readonly text: string;
  readonly allow: boolean;
  readonly remember: "once" | "run" | "always";
};

export const PERMISSION_CHOICES: readonly PermissionChoice[] = [
  { key: "y", text: "allow this call", allow: true, remember: "once" },
  { key: "r", text: "allow this tool for the rest of the run", allow: true, remember: "run" },
  { key: "w", text: "always allow this tool", allow: true, remember: "always" },
  { key: "n", text: "refuse this call", allow: false, remember: "once" },
  { key: "x", text: "refuse this tool for the rest of the run", allow: false, remember: "run" },
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
  const permission = frame.view.permissions.find(({ call }) => call === modal.call);
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

function permissionBox(permission: PermissionView, frame: Frame, { height, choice, scroll }: PermissionLook): string[] {
  const inner = Math.max(1, frame.size.columns - 4);
  const argumentsText = argumentLines(permission, inner);
  const room = Math.max(1, height - PERMISSION_CHOICES.length - 6);
  const from = Math.min(scroll, Math.max(0, argumentsText.length - room));
  const shown = argumentsText.slice(from, from + room);
  const hidden = argumentsText.length - shown.length;
  const lines: Span[][] = [
    [
      ["title", `${harmless(permission.agent)} asks to call `],
      ["tool", harmless(`${permission.server}/${permission.tool}`)],
    ],
    ...shown.map((text): Span[] => [["text", text]]),
    hidden > 0 ? [["warn", `${hidden} more lines: ↑ ↓`]] : [],
    ...PERMISSION_CHOICES.map(({ key, text }, index): Span[] => [
      [index === choice ? "selected" : "key", ` ${key} `],
      [index === choice ? "focus" : "text", ` ${text}`],
    ]),
    [["dim", "Tab marks, Enter or the letter answers"]],
  ];
  return boxed(lines, frame, "warn");
}

/** The arguments in full, one per line, wrapped. */
export function argumentLines({ input }: PermissionView, columns: number): string[] {
  const text = JSON.stringify(input, null, 2) ?? "null";
  return text.split("\n").flatMap((line) => wrap(neutralise(line).replaceAll("\t", "    "), columns));
}

function boxed(lines: readonly (readonly Span[])[], { size, theme }: Frame, edge: Style): string[] {
  const inner = Math.max(1, size.columns - 4);
  const side = theme.paint(edge, "║");
  const row = (spans: readonly Span[]): string => `${side} ${spanLine([...spans, ["text", " ".repeat(inner)]], inner, theme)} ${side}`;
  const bar = (corners: string): string =>
    filled(
      [edge, fit(`${corners.charAt(0)}${"═".repeat(Math.max(0, size.columns - 2))}${corners.charAt(1)}`, size.columns)],
      size.columns,
      theme,
    );
  return [bar("╔╗"), ...lines.map(row), bar("╚╝")];
}
