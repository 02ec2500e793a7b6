import { Alert, Button } from "antd";
import { useTranslation } from "react-i18next";
import { asProblem } from "@/api/problems";

interface Props {
  /** What was thrown; nothing is shown for none. */
  error: unknown;
  onRetry?: () => void;
  className?: string;
}

/** A refusal in the server's own words, which are in the user's language. */
export function ProblemAlert({ error, onRetry, className }: Props) {
  const { t } = useTranslation();
  if (!error) return null;
  const retry = onRetry ? (
    <Button size="small" onClick={onRetry}>
      {t("common.actions.retry")}
    </Button>
  ) : undefined;
  return (
    <Alert
      className={className}
      type="error"
      showIcon
      role="alert"
      title={asProblem(error).message}
      action={retry}
    />
  );
}
