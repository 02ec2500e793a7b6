import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "@/app/App";
import { applyStoredTheme } from "@/app/themeMode";
import { startI18n } from "@/i18n";
import { loadAntLocale } from "@/i18n/antLocale";
import { initialLanguage } from "@/i18n/languages";
import "@/app/base.css";

applyStoredTheme();
await Promise.all([startI18n(), loadAntLocale(initialLanguage())]);

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
