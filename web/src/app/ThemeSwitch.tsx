import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { DesktopIcon, MoonIcon, SunIcon } from "@/kit/firstIcons";
import { setThemeMode, themeModes, useThemeMode, type ThemeMode } from "./themeMode";

const icons: Record<ThemeMode, React.ReactNode> = {
  system: <DesktopIcon />,
  light: <SunIcon />,
  dark: <MoonIcon />,
};

/** Each press goes on to the next: as the system, light, dark. */
export function ThemeSwitch() {
  const { t } = useTranslation();
  const { mode } = useThemeMode();
  const next = themeModes[(themeModes.indexOf(mode) + 1) % themeModes.length] ?? "system";
  const label = t("common.theme.label", { mode: t(`common.theme.${mode}`) });
  return (
    <Button
      type="text"
      icon={icons[mode]}
      aria-label={label}
      title={label}
      onClick={() => {
        setThemeMode(next);
      }}
    />
  );
}
