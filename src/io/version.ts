// The program's version, taken from the package at build time.
import manifest from "../../package.json" with { type: "json" };

export const VERSION: string = manifest.version;
