// Reads what `npx`, `uvx` and their kin are told to fetch: a package of the registry, or something from elsewhere, pinned or not.
import type { Launch } from "./read-launch.ts";

export type PackageSpec = {
  readonly text: string;
  readonly pinned: boolean;
  readonly from: "registry" | "folder" | "repository" | "address";
};

const EXACT = /^v?\d+(?:\.\d+)*(?:[-+.]?[0-9A-Za-z.-]+)?$/;

/** Every package a layer fetches; empty where it fetches none. */
export function packagesOf({ family, subcommand, options, rest }: Launch): readonly PackageSpec[] {
  const isRunner = family?.kind === "runner" || (subcommand !== null && family?.fetches?.includes(subcommand) === true);
  const python = ["uvx", "uv", "pipx"].includes(family?.name ?? "");
  const named = options
    .filter(({ name }) => (python ? ["--from", "--with", "-w", "--spec", "--with-editable"] : ["-p", "--package"]).includes(name))
    .flatMap(({ value }) => (value ?? "").split(python ? /,(?![^[]*\])/ : /,/));
  const replaces = options.some(({ name }) => ["--from", "--spec", "-p", "--package"].includes(name));
  if (family?.name === "uv" && subcommand === "run") return named.filter((spec) => spec !== "").map(pythonSpec);
  if (family?.name === "deno") return [subcommand ?? "", rest[0] ?? ""].flatMap(denoSpecs); // `deno URL` is `deno run URL`.
  if (family?.name === "go" && subcommand === "run" && rest[0] !== undefined) return goSpecs(rest[0]);
  if (!isRunner) return [];
  const specs = [...named, ...(replaces || rest[0] === undefined ? [] : [rest[0]])].filter((spec) => spec !== "");
  return specs.map(python ? pythonSpec : nodeSpec);
}

function nodeSpec(text: string): PackageSpec {
  if (/^(?:\.{0,2}\/|~\/|[A-Za-z]:[\\/]|file:)/.test(text)) return { text, pinned: true, from: "folder" };
  const alias = /^(?:@[^/]+\/)?[^@/]+@npm:(.+)$/.exec(text)?.[1];
  if (alias !== undefined) return { ...nodeSpec(alias), text };
  const place = text.replace(/^(?:@[^/@]+\/)?[^@/:]+@(?=[a-z+]+:|[^@]+\/)/i, "");
  if (/^https?:/i.test(place)) return { text, pinned: false, from: "address" };
  if (/^(?:git[+:@]|github:|gitlab:|bitbucket:|gist:|ssh:)/i.test(place) || /^[\w.-]+\/[\w.-]+(?:#.*)?$/.test(place))
    return { text, pinned: /#[0-9a-f]{40}$/.test(text), from: "repository" };
  const version = /^(?:@[^/]+\/)?[^@/]+@(.+)$/.exec(text)?.[1];
  return { text, pinned: version !== undefined && EXACT.test(version) && /\d+\.\d+\.\d+/.test(version), from: "registry" };
}

function pythonSpec(text: string): PackageSpec {
  const spec = text.trim();
  if (/(?:^|@\s*)(?:git|hg|svn|bzr)\+/i.test(spec)) return { text, pinned: /@[0-9a-f]{40}(?:#|$)/.test(spec), from: "repository" };
  if (/(?:^|@\s*)https?:/i.test(spec)) return { text, pinned: false, from: "address" };
  if (/^(?:\.{0,2}[\\/]|\.{1,2}$|~\/|[A-Za-z]:[\\/]|file:)/.test(spec) || /\.whl$/i.test(spec))
    return { text, pinned: true, from: "folder" };
  const version = /^[A-Za-z0-9._-]+(?:\[[^\]]*\])?\s*(?:===?|@)\s*([^,;\s]+)$/.exec(spec)?.[1];
  return { text, pinned: version !== undefined && EXACT.test(version), from: "registry" };
}

function denoSpecs(script: string): readonly PackageSpec[] {
  if (/^(?:npm|jsr):/.test(script)) return [{ ...nodeSpec(script.replace(/^(?:npm|jsr):\/?/, "")), text: script, from: "registry" }];
  return /^https?:/i.test(script) ? [{ text: script, pinned: /@v?\d+\.\d+\.\d+/.test(script), from: "address" }] : [];
}

function goSpecs(target: string): readonly PackageSpec[] {
  const version = /@(.+)$/.exec(target)?.[1];
  return version === undefined ? [] : [{ text: target, pinned: /^v\d+\.\d+\.\d+/.test(version), from: "registry" }];
}
