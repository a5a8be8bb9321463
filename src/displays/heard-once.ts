// Live followers get every delta twice: at once, and merged when it is stored. This lets each piece of text through once.
import type { DeltaEvent, Entry } from "../core/index.ts";
import type { LiveItem } from "../log/contract.ts";

export type Heard = { readonly kind: "delta"; readonly delta: DeltaEvent } | { readonly kind: "entry"; readonly entry: Entry };

/** A stored delta passes only where its block was never heard live (replay, or a follower that reconnects). */
export function hearOnce(): (item: LiveItem) => Heard | null {
  const live = new Set<string>();
  return (item) => {
    if (item.kind === "delta") {
      live.add(blockOf(item.delta));
      return item;
    }
    const { entry } = item;
    if (entry.type === "text-delta" || entry.type === "reasoning-delta") {
      return live.has(blockOf(entry)) ? null : { kind: "delta", delta: entry };
    }
    if (entry.type === "text-end" || entry.type === "reasoning-end") live.delete(blockOf(entry));
    return item;
  };
}

const blockOf = (event: { readonly turn: string; readonly block: string }): string => `${event.turn}\n${event.block}`;
