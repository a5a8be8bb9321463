// What the documentation and the first steps must hold; cited by test/docs.test.ts and src/cli/init.test.ts.

export const DOCS_REQUIREMENTS: Readonly<Record<string, string>> = {
  "REQ-DOCS-6":
    "`massgen init` writes a commented configuration for the keys that are found, asks only at a terminal and never replaces a file by itself.",
};
