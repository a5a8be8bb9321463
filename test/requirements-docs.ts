// What the documentation and the first steps must hold; cited by test/docs.test.ts and src/cli/init.test.ts.

export const DOCS_REQUIREMENTS: Readonly<Record<string, string>> = {
  "REQ-DOCS-1":
    "Every command of the README and the guides runs, or its arguments are checked where it would need a key or a network; at most ten blocks are skipped, each with a reason.",
  "REQ-DOCS-2": "Every configuration the guides show loads without a warning, and every program they show type-checks.",
  "REQ-DOCS-3": "Links between the documents lead to files and headings that exist; llms.txt lists every guide.",
  "REQ-DOCS-4": "Every error code has its section in the troubleshooting guide, with cause, check and cure.",
  "REQ-DOCS-5":
    "The reference of the configuration, of the backends and of the command line is made from the tables the program uses, and is current.",
  "REQ-DOCS-6":
    "`massgen init` writes a commented configuration for the keys that are found, asks only at a terminal and never replaces a file by itself.",
  "REQ-DOCS-7":
    "The table for people who come from the Python program names every flag and every configuration key of v0.0.15, and what stands there loads.",
  "REQ-DOCS-8":
    "The shipped examples run against scripted servers: shared servers, permissions, limits and failing servers do what their headers say.",
  "REQ-DOCS-9": "Every feature of v0.0.14 and v0.0.15, and every fault found in them, names the requirement that keeps it or rules it out.",
};
