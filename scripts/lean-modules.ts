// Takes Node's own modules without the module loader: an `import` of one reads every export it has, and so loads parts of Node that nobody uses.
import { readFileSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";

/** For bundled CommonJS code that asks for a module of Node. */
export const REQUIRE_BANNER = 'const require = process.getBuiltinModule("node:module").createRequire(import.meta.url);';

const IMPORT = /\bimport ?(?:(\{[^{}]*\})|([\w$]+)(?:,(\{[^{}]*\}))?|\*as ([\w$]+) ?)\s?from"([\w:/]+)";/g;

function lean(text: string): string {
  const code = text.replace(IMPORT, (all, ...found: (string | undefined)[]) => {
    const [names, whole, also, space, from = ""] = found;
    if (!isBuiltin(from)) return all;
    const wanted = [names ?? also].filter((list) => list !== undefined).map((list) => list.replace(/ as /g, ":"));
    return [whole ?? space, ...wanted]
      .filter((target) => target !== undefined)
      .map((target) => `const ${target}=process.getBuiltinModule("${from}");`)
      .join("");
  });
  const bare = code.replace(REQUIRE_BANNER, "");
  return /\brequire\b/.test(bare) ? code : bare;
}

/** Rewrites the files at these paths, which the bundler made. */
export function leanModules(root: string, paths: readonly string[]): void {
  for (const path of paths) {
    const file = join(root, path);
    writeFileSync(file, lean(readFileSync(file, "utf8")));
  }
}
