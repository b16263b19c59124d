export type Theme = "auto" | "light" | "dark";

const KEY = "tributary-theme";
const ORDER: readonly Theme[] = ["auto", "light", "dark"];

/** As it was chosen before; a browser that keeps nothing follows its system. */
export function readTheme(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return ORDER.find((theme) => theme === kept) ?? "auto";
  } catch {
    return "auto"; // Storage is switched off.
  }
}

export function applyTheme(theme: Theme): void {
  document.documentElement.dataset["theme"] = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Storage is switched off: the choice holds until the page is left.
  }
}

export function nextTheme(theme: Theme): Theme {
  return ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length]!;
}

/** Colours that a canvas needs, which cannot read the stylesheet by itself. */
export function colourOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
