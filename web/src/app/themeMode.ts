import { useSyncExternalStore } from "react";

export const themeModes = ["system", "light", "dark"] as const;
export type ThemeMode = (typeof themeModes)[number];

const storageKey = "opsforge.theme";
const systemIsDark = window.matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

function isThemeMode(value: string | null): value is ThemeMode {
  return themeModes.some((mode) => mode === value);
}

export function getThemeMode(): ThemeMode {
  const stored = localStorage.getItem(storageKey);
  return isThemeMode(stored) ? stored : "system";
}

function isDarkNow(): boolean {
  const mode = getThemeMode();
  return mode === "dark" || (mode === "system" && systemIsDark.matches);
}

/** Before the first paint, so that a dark page never flashes white. */
export function applyStoredTheme(): void {
  document.documentElement.dataset.theme = isDarkNow() ? "dark" : "light";
}

function changed(): void {
  applyStoredTheme();
  for (const listener of listeners) listener();
}

export function setThemeMode(mode: ThemeMode): void {
  localStorage.setItem(storageKey, mode);
  changed();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  systemIsDark.addEventListener("change", changed);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) systemIsDark.removeEventListener("change", changed);
  };
}

export function useThemeMode(): { mode: ThemeMode; isDark: boolean } {
  return {
    mode: useSyncExternalStore(subscribe, getThemeMode),
    isDark: useSyncExternalStore(subscribe, isDarkNow),
  };
}
