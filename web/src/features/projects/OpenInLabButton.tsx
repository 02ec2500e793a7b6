import { Button } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { ExportIcon } from "@/kit/icons";
import type { Target } from "./target";

const OpenInLabDialog = lazy(async () => ({
  default: (await import("./OpenInLabDialog")).OpenInLabDialog,
}));

interface Props {
  target: Target;
  isPrimary?: boolean;
}

// Requirements: D10, D11.
export function OpenInLabButton({ target, isPrimary = false }: Props) {
  const { t } = useTranslation();
  const [isOpening, setOpening] = useState(false);
  return (
    <>
      <Button
        type={isPrimary ? "primary" : "default"}
        icon={<ExportIcon />}
        aria-label={t("notebooks.openProject.label", { name: target.name })}
        onClick={() => {
          setOpening(true);
        }}
      >
        {t("notebooks.openProject.button")}
      </Button>
      {isOpening ? (
        <Suspense>
          <OpenInLabDialog
            target={target}
            onClose={() => {
              setOpening(false);
            }}
          />
        </Suspense>
      ) : null}
    </>
  );
}
