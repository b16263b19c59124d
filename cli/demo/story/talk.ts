import type { World } from "../../world.js";

/** Progress of the story for people: on stderr, with the time since the start. */
export interface Talk {
  chapter(title: string): void;
  say(text: string): void;
}

export function makeTalk({ out, system }: World): Talk {
  const start = system.now();
  return {
    chapter: (title) => out.note(`\n${out.tone.strong(title)}`),
    say(text) {
      const seconds = Math.floor((system.now() - start) / 1000);
      out.note(`${out.tone.dim(`${String(seconds).padStart(4)} s`)}  ${text}`);
    },
  };
}

/** "1 receipt", "2 receipts". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
