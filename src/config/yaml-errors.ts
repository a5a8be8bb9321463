// Says in plain words what is wrong with the form of a YAML file. The parser's own texts are never shown: some repeat parts of the file.
import type { ErrorCode, YAMLParseError } from "yaml";

type Explanation = { readonly code: string; readonly message: string };

const EXPLANATIONS: Readonly<Record<ErrorCode, Explanation>> = {
  TAB_AS_INDENT: { code: "yaml-tab", message: "A tab is used for indentation; YAML allows only spaces" },
  BAD_INDENT: { code: "yaml-indent", message: "The indentation does not fit the lines above" },
  MISSING_CHAR: { code: "yaml-syntax", message: "A sign is missing here: a closing quote or bracket, a comma, or the colon after a key" },
  MULTILINE_IMPLICIT_KEY: { code: "yaml-syntax", message: "A key must stand on one line and be followed by a colon and a space" },
  BLOCK_AS_IMPLICIT_KEY: {
    code: "yaml-syntax",
    message: "A second `key: value` begins in the same line; put it on a line of its own, or the value in quotes",
  },
  BLOCK_IN_FLOW: { code: "yaml-syntax", message: "Indented lines cannot stand inside [ ] or { }" },
  KEY_OVER_1024_CHARS: { code: "yaml-syntax", message: "A key is longer than 1024 characters; a quote or a line end may be missing" },
  BAD_SCALAR_START: { code: "yaml-syntax", message: "A value cannot begin with this sign; put it in quotes" },
  BAD_DQ_ESCAPE: {
    code: "yaml-syntax",
    message: "Unknown escape after \\ inside double quotes; use single quotes, or write \\\\ for a backslash",
  },
  UNEXPECTED_TOKEN: { code: "yaml-syntax", message: "This sign does not belong here; a quote, a bracket or an indentation may be wrong" },
  BAD_ALIAS: {
    code: "yaml-alias",
    message: "The `*` names an anchor that is not defined above; put a value that begins with `*` in quotes",
  },
  ALIAS_PROPS: { code: "yaml-alias", message: "An alias (`*name`) cannot have an anchor or a tag of its own" },
  MULTIPLE_ANCHORS: { code: "yaml-alias", message: "A value can have one anchor (`&name`) only" },
  MULTIPLE_TAGS: { code: "yaml-tag", message: "A value can have one tag (`!name`) only" },
  TAG_RESOLVE_FAILED: {
    code: "yaml-tag",
    message: "Tags (`!name`) are not used in configurations; put a value that begins with `!` in quotes",
  },
  BAD_COLLECTION_TYPE: { code: "yaml-tag", message: "The tag does not fit the value" },
  BAD_PROP_ORDER: { code: "yaml-syntax", message: "An anchor or tag must stand before its value" },
  BAD_DIRECTIVE: { code: "yaml-syntax", message: "A line that begins with % is a directive; put the text in quotes, or remove the line" },
  MULTIPLE_DOCS: { code: "several-documents", message: "A second document begins here (after `---`); a configuration is one document" },
  DUPLICATE_KEY: { code: "duplicate-key", message: "The key stands twice in the same mapping" },
  NON_STRING_KEY: { code: "non-string-key", message: "A key must be text" },
  RESOURCE_EXHAUSTION: { code: "too-many", message: "The file has more parts than any configuration needs" },
  IMPOSSIBLE: { code: "yaml-syntax", message: "The YAML is broken here" },
};

/** What the parser's codes leave open is told by the fixed beginnings of its texts. */
const CLOSER: readonly (readonly [RegExp, string])[] = [
  [/closing ['"]quote/, "A closing quote is missing"],
  [/end with a/, "The closing bracket is missing, or is not indented further than its key"],
  [/^Missing , /, "A comma or a closing bracket is missing between two values"],
  [/^Missing space after :/, "A space is missing after the colon"],
  [/^Implicit map keys/, "A colon and a space are missing after the key, or the line belongs to the text above and is not indented"],
  [/item without - indicator/, "This line neither begins a list item (`- `) nor lines up with the item above"],
  [/^Comments must/, "A space is missing before the #; put text that holds # in quotes"],
];

/** Code and sentence for an error of the YAML parser. */
export function explainSyntax(error: YAMLParseError): Explanation {
  const explanation = EXPLANATIONS[error.code];
  const closer = CLOSER.find(([pattern]) => pattern.test(error.message));
  return closer === undefined ? explanation : { code: "yaml-syntax", message: closer[1] };
}
