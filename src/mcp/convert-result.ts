// Turns what a tool returned into the content a model is shown: nothing dropped silently, nothing hidden in it.
import { isRecord, type Content } from "../core/index.ts";
import { neutralise } from "../security/index.ts";

export type ConvertOptions = {
  /** One image or audio clip in base64 characters; a larger one is described. */
  readonly maxMediaChars: number;
};
export type ConvertedResult = { readonly isError: boolean; readonly content: readonly Content[]; readonly bytes: number };

export const RESULT_LIMITS = { maxMediaChars: 14_000_000 } as const;

/** Never throws: a result of an unknown shape is shown as JSON. */
export function convertToolResult(result: unknown, options: ConvertOptions): ConvertedResult {
  const record = isRecord(result) ? result : {};
  const blocks = Array.isArray(record["content"]) ? record["content"] : [];
  const content = blocks.flatMap((block) => convertBlock(block, options));
  const structured = record["structuredContent"];
  if (structured !== undefined && !content.some((item) => item.type === "text" && item.text.trim() !== ""))
    content.push(asJson(structured));
  if (content.length === 0) content.push({ type: "text", text: "(The tool returned nothing.)" });
  return { isError: record["isError"] === true, content, bytes: sizeOf(content) };
}

function convertBlock(block: unknown, options: ConvertOptions): readonly Content[] {
  if (!isRecord(block)) return [asJson(block)];
  switch (block["type"]) {
    case "text":
      return [typeof block["text"] === "string" ? { type: "text", text: neutralise(block["text"]) } : asJson(block)];
    case "image":
    case "audio":
      return [media(block["type"], block, options)];
    case "resource":
      return [resource(block["resource"], options)];
    case "resource_link":
      return [link(block)];
    default:
      return [asJson(block)];
  }
}

/** What has no form of its own. */
const asJson = (value: unknown): Content => ({ type: "text", text: neutralise(JSON.stringify(value) ?? String(value)) });

const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

function media(type: "image" | "audio", { data, mimeType }: Readonly<Record<string, unknown>>, { maxMediaChars }: ConvertOptions): Content {
  const mediaType = typeof mimeType === "string" && /^[\w.+-]+\/[\w.+-]+$/.test(mimeType) ? mimeType : "application/octet-stream";
  if (typeof data !== "string" || data === "") return { type: "text", text: `(An ${type} without data, ${mediaType}.)` };
  if (data.length > maxMediaChars)
    return { type: "text", text: `(An ${type} of ${byteCount(data)} bytes, ${mediaType}: too large to show.)` };
  const base64 = data.replaceAll(/\s+/g, "");
  return BASE64.test(base64) ? { type, mediaType, base64 } : { type: "text", text: `(An ${type} that is not valid base64, ${mediaType}.)` };
}

function resource(value: unknown, options: ConvertOptions): Content {
  if (!isRecord(value)) return { type: "text", text: "(An embedded resource without content.)" };
  const uri = neutralise(typeof value["uri"] === "string" ? value["uri"] : "");
  const mediaType = typeof value["mimeType"] === "string" ? neutralise(value["mimeType"]) : undefined;
  if (typeof value["text"] === "string")
    return { type: "resource", uri, ...(mediaType === undefined ? {} : { mediaType }), text: neutralise(value["text"]) };
  const { blob } = value;
  const kind = /^(image|audio)\//.exec(mediaType ?? "")?.[1];
  if (typeof blob === "string" && (kind === "image" || kind === "audio")) return media(kind, { data: blob, mimeType: mediaType }, options);
  return {
    type: "text",
    text: `(Binary resource ${uri}, ${mediaType ?? "type unknown"}, ${typeof blob === "string" ? byteCount(blob) : 0} bytes.)`,
  };
}

function link({ uri, title, name, description }: Readonly<Record<string, unknown>>): Content {
  const label = [title ?? name, description].filter((part): part is string => typeof part === "string" && part !== "").join(": ");
  return { type: "link", uri: neutralise(typeof uri === "string" ? uri : ""), ...(label === "" ? {} : { title: neutralise(label) }) };
}

const byteCount = (base64: string): number => Math.floor((base64.length * 3) / 4);

function sizeOf(content: readonly Content[]): number {
  return content.reduce(
    (sum, item) => sum + ("text" in item ? Buffer.byteLength(item.text) : "base64" in item ? byteCount(item.base64) : item.uri.length),
    0,
  );
}
