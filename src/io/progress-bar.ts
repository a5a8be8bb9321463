// How far something has come, as a bar of characters: the same for downloads and for servers that connect.

/** `████░░░░` for a share of 0.5 and 8 columns; shares outside 0 to 1 are taken as the nearest of the two. */
export function progressBar(share: number, columns: number): string {
  const full = Math.round(Math.min(1, Math.max(0, Number.isFinite(share) ? share : 0)) * columns);
  return "█".repeat(full) + "░".repeat(Math.max(0, columns - full));
}
