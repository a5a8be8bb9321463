// What agents are told about files: where to work, what to read, where the files of the others' answers lie.
import type { Label } from "../core/index.ts";

export type OwnFolders = {
  readonly workspace: string | null;
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly staged: readonly { readonly copy: string; readonly of: string }[];
};

/** Said once to each agent. */
export function ownWords({ workspace, reads, writes, staged }: OwnFolders): string {
  const lines = [
    ...(workspace === null ? [] : [`Your working folder is ${workspace}. Keep the files that belong to your answer there.`]),
    ...reads.map((folder) => `You may read ${folder}.`),
    ...writes.map((folder) => `You may read and change ${folder}.`),
    ...staged.map(
      ({ copy, of }) =>
        `${copy} is your own copy of ${of}: change it as the task needs. If your answer is chosen, your changes are carried over.`,
    ),
  ];
  return lines.join("\n");
}

/** `folders` null = they could not be copied. */
export function shownWords(files: readonly { readonly label: Label; readonly folders: readonly string[] | null }[]): string {
  if (files.every(({ folders }) => folders?.length === 0)) return "";
  const lines = files.map(({ label, folders }) => {
    if (folders === null) return `- ${label}: its files could not be copied`;
    return folders.length === 0 ? `- ${label}: no files` : `- ${label}: ${folders.join(", ")}`;
  });
  return ["The files that belong to the answers, as they were when the answers were given (copies, to read only):", ...lines].join("\n");
}

export type Carried = {
  readonly path: string;
  readonly written: number;
  readonly conflicts: readonly string[];
  readonly kept: readonly string[];
};

export function carriedWords(changes: readonly Carried[]): string {
  return changes
    .flatMap(({ path, written, conflicts, kept }) => [
      `Of your changes to ${path} ${written === 1 ? "one file was" : `${written} files were`} carried over.`,
      ...(conflicts.length === 0 ? [] : [`Not carried over, because they had been changed meanwhile: ${listed(conflicts)}.`]),
      ...(kept.length === 0 ? [] : [`Removed in your copy and left where they were: ${listed(kept)}.`]),
    ])
    .join("\n");
}

const MOST_NAMES = 20;

function listed(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return `${names.slice(0, MOST_NAMES).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
