// From text to a tree with places, for YAML and JSON; every mistake of form is a problem with a line, and no input takes long or throws.
import type * as yamlModule from "yaml";
import type { Document, LineCounter, YAMLParseError } from "yaml";
import { checkJson } from "./json-text.ts";
import { jsonTree } from "./json-tree.ts";
import { MAX_DEPTH } from "./limits.ts";
import { report, ROOT, type Reading } from "./reading.ts";
import type { Mark, Tree } from "./tree.ts";
import { explainSyntax } from "./yaml-errors.ts";
import { buildTree } from "./yaml-tree.ts";

/** Parts (words, signs, line ends) a file may have; a configuration of a hundred agents has some ten thousand. */
const MAX_PARTS = 60_000;

/** The parser keeps at most two open parts for each level, and a few for the document. */
const MAX_OPEN_PARTS = 2 * MAX_DEPTH + 8;
const MAX_SYNTAX_PROBLEMS = 20;

/** The tree of the only document in `text`; null after problems were reported. Loads the YAML library for the first text that is not a .json file. */
export async function parseTree(text: string, reading: Reading): Promise<Tree | null> {
  if (reading.file?.toLowerCase().endsWith(".json") === true) return checkJson(text, reading) ? jsonTree(text, reading) : null;
  const yaml = await import("yaml");
  const lines = new yaml.LineCounter();
  const documents = composeDocuments(yaml, { text, lines, reading });
  const document = documents?.[0];
  if (documents === null || document === undefined) return null;
  if (!reportSyntax(yaml, document, { lines, reading, second: documents[1] })) return null;
  if (document.contents === null) {
    report(
      reading,
      { place: ROOT, mark: { line: 1, column: 1 } },
      { code: "empty", message: "The file holds no configuration", expected: "a mapping with `agents:`" },
    );
    return null;
  }
  return buildTree(yaml, document.contents, { reading, markOf: (offset) => markOf(lines, offset) });
}

type Yaml = typeof yamlModule;
type Source = { readonly text: string; readonly lines: LineCounter; readonly reading: Reading };

/** Feeds the parser piece by piece, so that endless nesting and endless lists are seen before anything recurses over them. */
function composeDocuments(yaml: Yaml, { text, lines, reading }: Source): readonly Document.Parsed[] | null {
  const parser = new yaml.Parser(lines.addNewLine);
  const composer = new yaml.Composer({ uniqueKeys: false, prettyErrors: false, logLevel: "silent" });
  const documents: Document.Parsed[] = [];
  let parts = 0;
  lines.addNewLine(0);
  for (const lexeme of new yaml.Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) documents.push(...composer.next(token));
    const code = ++parts > MAX_PARTS ? "too-many" : parser.stack.length > MAX_OPEN_PARTS ? "too-deep" : null;
    if (code !== null) {
      const message =
        code === "too-deep" ? `Nested deeper than ${MAX_DEPTH} levels` : "The file has more parts than any configuration needs";
      report(reading, { place: ROOT, mark: markOf(lines, parser.offset) }, { code, message });
      return null;
    }
  }
  for (const token of parser.end()) documents.push(...composer.next(token));
  documents.push(...composer.end(true, text.length));
  return documents;
}

type Composed = { readonly lines: LineCounter; readonly reading: Reading; readonly second: Document.Parsed | undefined };

/** False where the text has mistakes of form, which are reported. */
function reportSyntax(yaml: Yaml, document: Document.Parsed, { lines, reading, second }: Composed): boolean {
  const errors: readonly YAMLParseError[] = document.errors.slice(0, MAX_SYNTAX_PROBLEMS);
  for (const error of errors) {
    const { code, message } = explainSyntax(error);
    const offset = /closing ['"]quote/.test(error.message) ? quoteBefore(yaml, document, error.pos[0]) : error.pos[0];
    report(reading, { place: ROOT, mark: markOf(lines, offset) }, { code, message });
  }
  if (second !== undefined && second.contents !== null) {
    report(
      reading,
      { place: ROOT, mark: markOf(lines, second.contents.range?.[0] ?? 0) },
      {
        code: "several-documents",
        message: "A second document begins here (after `---`); a configuration is one document",
      },
    );
    return false;
  }
  return errors.length === 0;
}

/** The parser names the end of the text where a quote is missing; people look for the place where it was opened. */
function quoteBefore(yaml: Yaml, document: Document.Parsed, end: number): number {
  let start = end;
  yaml.visit(document, {
    Scalar(_, node) {
      const quoted = node.type === "QUOTE_DOUBLE" || node.type === "QUOTE_SINGLE";
      if (quoted && node.range !== undefined && node.range !== null && node.range[0] < end && node.range[1] >= end) start = node.range[0];
    },
  });
  return start;
}

function markOf(lines: LineCounter, offset: number): Mark {
  const { line, col } = lines.linePos(offset);
  return line === 0 ? { line: 1, column: 1 } : { line, column: col };
}
