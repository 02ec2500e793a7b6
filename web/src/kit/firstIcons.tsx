import {
  BugOutlined,
  CompassOutlined,
  DesktopOutlined,
  LoadingOutlined,
  MoonOutlined,
  SunOutlined,
  TranslationOutlined,
} from "@ant-design/icons";
import type { ComponentType } from "react";

interface IconProps {
  className?: string;
}

/**
 * Ant Design's icons call themselves by their English names, which a screen reader would read before
 * a button's own text. Ours say nothing: what stands beside them does.
 */
export function silent(Icon: ComponentType<Record<string, unknown>>): ComponentType<IconProps> {
  return function SilentIcon(props) {
    return <Icon {...props} role="presentation" aria-label={undefined} aria-hidden="true" />;
  };
}

// What the sign-in page shows; `icons` has the others, and comes later.
export const BugIcon = silent(BugOutlined);
export const CompassIcon = silent(CompassOutlined);
export const DesktopIcon = silent(DesktopOutlined);
export const LoadingIcon = silent(LoadingOutlined);
export const MoonIcon = silent(MoonOutlined);
export const SunIcon = silent(SunOutlined);
export const TranslationIcon = silent(TranslationOutlined);
