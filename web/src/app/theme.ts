import { theme, type ThemeConfig } from "antd";

const shared = {
  borderRadius: 8,
  fontFamily: "inherit",
  wireframe: false,
};

/** Names and values of our colours become CSS variables (`--of-color-primary`, …) on the body. */
export function themeOf(isDark: boolean): ThemeConfig {
  return {
    cssVar: { prefix: "of", key: "opsforge" },
    hashed: false,
    algorithm: isDark ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: isDark
      ? {
          ...shared,
          colorPrimary: "#35a7bf",
          colorSuccess: "#4cc38a",
          colorWarning: "#e2a336",
          colorError: "#f2707a",
          colorPrimaryBg: "#11303a",
          colorInfoBg: "#11303a",
          colorInfoBorder: "#1d4a58",
          colorSuccessBg: "#12301f",
          colorPrimaryBgHover: "#163c48",
          colorInfo: "#35a7bf",
          colorLink: "#58bdd2",
          colorLinkHover: "#8ad3e2",
          colorBgLayout: "#0f1416",
          colorBgContainer: "#171e21",
          colorBgElevated: "#1e272b",
          colorTextLightSolid: "#06191e",
          colorTextTertiary: "#97a5aa",
          colorTextPlaceholder: "#8c9aa0",
        }
      : {
          ...shared,
          colorPrimary: "#0b6a80",
          colorPrimaryBg: "#e8f4f7",
          colorInfoBg: "#e8f4f7",
          colorInfoBorder: "#b9dbe4",
          colorSuccessBg: "#e6f4ec",
          colorPrimaryBgHover: "#d8ecf1",
          colorSuccess: "#1c7d4d",
          colorWarning: "#b56a00",
          colorError: "#c62f3c",
          colorInfo: "#0b6a80",
          colorLink: "#0b6a80",
          colorLinkHover: "#084e5f",
          colorBgLayout: "#f5f7f8",
          colorTextSecondary: "#556469",
          colorTextTertiary: "#66757a",
          colorTextPlaceholder: "#6f7d82",
        },
    components: {
      Checkbox: { borderRadiusSM: 4 },
      Form: { labelHeight: 22, verticalLabelPadding: "0 0 6px" },
      Button: { primaryShadow: "none", defaultShadow: "none", dangerShadow: "none" },
    },
  };
}
