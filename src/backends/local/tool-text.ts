// What a tool returned, as text for a model that reads nothing else.
import type { Content } from "../../core/index.ts";

/** At most `limit` characters; pictures and sounds are only named. */
export function textOfContent(content: readonly Content[], limit: number): string {
  const text = content.map(textOf).join("\n").trim();
  return text.length <= limit ? text : `${text.slice(0, limit)} […]`;
}

function textOf(content: Content): string {
  switch (content.type) {
    case "text":
    case "resource":
      return content.text;
    case "link":
      return content.title ?? content.uri;
    case "image":
    case "audio":
      return `(${content.mediaType})`;
  }
}
