// When is a text a model gave as its result whole? Asked of a presentation at its end, and of one whose end a crash has swallowed.
import type { AssistantPart, Failure, FinishReason } from "../core/index.ts";
import { failure, unusable } from "./failures.ts";

/** Null = the text can be the result. */
export function faultOfText(text: string, finish: FinishReason): Failure | null {
  return FAULTS[finish] ?? (text.trim() === "" ? unusable("The presentation was empty.") : null);
}

/** The text of a response, without its reasoning. */
export function textOf(parts: readonly AssistantPart[]): string {
  return parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("");
}

const FAULTS: { readonly [Reason in FinishReason]?: Failure } = {
  length: unusable("The presentation was cut off at the model's limit."),
  "content-filter": failure("refused", "E_PROVIDER_REPLY", "The provider's filter stopped the presentation."),
  refusal: failure("refused", "E_PROVIDER_REPLY", "The model refused to present."),
  "malformed-call": unusable("The model tried to call a tool instead of presenting."),
  "tool-calls": unusable("The model tried to call a tool instead of presenting."),
  error: unusable("The presentation ended in an error."),
  interrupted: unusable("The presentation was interrupted."),
};
