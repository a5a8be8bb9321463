// One tool result as a provider takes it: text first and once, images where the provider can see them.
import type { LanguageModelV4ToolResultOutput, LanguageModelV4ToolResultPart } from "@ai-sdk/provider";
import type { Content, Json, ToolResult } from "../core/index.ts";

type Image = Extract<Content, { type: "image" }>;

function textOf(content: Content, showsImages: boolean): string | null {
  switch (content.type) {
    case "text":
      return content.text;
    case "resource":
      return `[${content.uri}]\n${content.text}`;
    case "link":
      return content.title === undefined ? content.uri : `${content.title}: ${content.uri}`;
    case "image":
      return showsImages ? null : `[an image (${content.mediaType}) that cannot be shown to this model]`;
    case "audio":
      return `[a sound (${content.mediaType}) that cannot be played to this model]`;
    default:
      return null; // Contents of later releases: nothing this one could show.
  }
}

function outputOf(result: ToolResult, showsImages: boolean): LanguageModelV4ToolResultOutput {
  const texts = result.content.map((content) => textOf(content, showsImages)).filter((text) => text !== null);
  const images = showsImages && !result.isError ? result.content.filter((content): content is Image => content.type === "image") : [];
  const value = texts.length > 0 ? texts.join("\n") : images.length > 0 ? "The result is shown as an image." : "The tool returned nothing.";
  if (images.length === 0) return { type: result.isError ? "error-text" : "text", value };
  const files = images.map((image) => ({
    type: "file" as const,
    mediaType: image.mediaType,
    data: { type: "data" as const, data: image.base64 },
  }));
  return { type: "content", value: [{ type: "text", text: value }, ...files] };
}

export function toResultPart(result: ToolResult, showsImages: boolean): LanguageModelV4ToolResultPart {
  return { type: "tool-result", toolCallId: result.providerCall, toolName: result.name, output: outputOf(result, showsImages) };
}

/** The result of a tool that this program ran for the provider inside the step (search, waiting for servers). */
export function toOwnResultPart(
  call: { readonly providerCall: string; readonly name: string },
  output: Json,
): LanguageModelV4ToolResultPart {
  const value = typeof output === "string" ? output : JSON.stringify(output);
  return { type: "tool-result", toolCallId: call.providerCall, toolName: call.name, output: { type: "text", value } };
}

/** Every call must have a result; this one says that there is none. */
export function toMissingResultPart(call: { readonly providerCall: string; readonly name: string }): LanguageModelV4ToolResultPart {
  return {
    type: "tool-result",
    toolCallId: call.providerCall,
    toolName: call.name,
    output: { type: "error-text", value: "There is no result: the call was not carried out, or its outcome is unknown." },
  };
}

/** The same part with a message to the model added below its text. */
export function withMessage(part: LanguageModelV4ToolResultPart, message: string): LanguageModelV4ToolResultPart {
  const { output } = part;
  if (output.type === "text" || output.type === "error-text")
    return { ...part, output: { ...output, value: `${output.value}\n\n${message}` } };
  if (output.type !== "content") return part;
  const value = output.value.map((item, index) =>
    index === 0 && item.type === "text" ? { ...item, text: `${item.text}\n\n${message}` } : item,
  );
  return { ...part, output: { ...output, value } };
}
