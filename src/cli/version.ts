// The program's version, taken from the package at build time.
import packageFile from "../../package.json" with { type: "json" };

export const VERSION: string = packageFile.version;
