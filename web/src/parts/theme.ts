/*
 * Light and dark: the system's choice until the button is pressed, which is then kept. Charts
 * paint on canvas and so read the colour tokens here, once per change of theme.
 */
const KEY = "isoscope.theme";
const TOKENS = [
  "page",
  "panel",
  "raised",
  "border",
  "grid",
  "control",
  "text",
  "text-2",
  "text-3",
  "ok",
  "warning",
  "critical",
  "rising",
  "rising-text",
  "heap",
  "heap-2",
  "external",
  "shared",
  "in-flight",
  "unattributed",
  "shade",
  "pin-1",
  "pin-2",
  "pin-3",
  "pin-4",
] as const;

export type Token = (typeof TOKENS)[number];
export type Palette = Record<Token, string>;

const dark = matchMedia("(prefers-color-scheme: dark)");
let current: Palette | null = null;

function kept(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // storage switched off: the system's theme it is
  }
}

function apply(): void {
  const choice = kept();
  const theme = choice === "light" || choice === "dark" ? choice : dark.matches ? "dark" : "light";
  document.documentElement.dataset.theme = theme;
  current = null;
}

export function palette(): Palette {
  if (!current) {
    const style = getComputedStyle(document.documentElement);
    const read = {} as Palette;
    for (const token of TOKENS) read[token] = style.getPropertyValue(`--${token}`).trim();
    current = read;
  }
  return current;
}

export function startTheme(button: HTMLButtonElement, changed: () => void): void {
  apply();
  button.addEventListener("click", () => {
    const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    try {
      localStorage.setItem(KEY, next);
    } catch {
      // nothing to keep it in: it holds until the page is left
    }
    apply();
    document.documentElement.dataset.theme = next;
    changed();
  });
  dark.addEventListener("change", () => {
    apply();
    changed();
  });
}
