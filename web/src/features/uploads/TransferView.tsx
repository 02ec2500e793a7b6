import { Alert, Button, Progress } from "antd";
import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/kit/format";
import { MoreFiles } from "@/kit/upload/ChosenFiles";
import { percentOf } from "@/kit/upload/progress";
import { useDiscard } from "./useDiscard";
import type { Transfer, TransferFile, TransferState } from "./transfer";
import styles from "./uploads.module.css";

const shownAtMost = 50;

interface Props {
  transfer: Transfer;
  onClose: () => void;
}

/** How far the files are, as a whole and each, with pausing, going on and giving up. */
export function TransferView({ transfer, onClose }: Props) {
  const { t } = useTranslation();
  const state = useSyncExternalStore(transfer.subscribe, transfer.snapshot);
  const close = async () => {
    await transfer.discard();
    onClose();
  };
  const discard = useDiscard(close);
  const isHeld = state.isPaused || state.isOffline;
  const failed = state.files.filter(({ phase }) => phase === "failed").length;
  return (
    <div className={styles.transfer}>
      {state.isOffline ? <Alert type="warning" showIcon title={t("upload.offline")} /> : null}
      <Progress
        percent={percentOf(state.sentBytes, state.totalBytes)}
        status={isHeld || state.isOver ? "normal" : "active"}
        aria-label={t("upload.overall")}
      />
      <div className={styles.summary}>
        <Summary state={state} failed={failed} />
        <div className={styles.actions}>
          {isHeld || (state.isOver && failed > 0) ? (
            <Button
              size="small"
              type="primary"
              onClick={() => {
                transfer.resume();
              }}
            >
              {t(state.isPaused ? "upload.resume" : "common.actions.retry")}
            </Button>
          ) : null}
          {!isHeld && !state.isOver ? (
            <Button
              size="small"
              onClick={() => {
                transfer.pause();
              }}
            >
              {t("upload.pause")}
            </Button>
          ) : null}
          <Button size="small" onClick={state.isOver ? () => void close() : discard}>
            {t(state.isOver ? "upload.close" : "upload.cancel")}
          </Button>
        </div>
      </div>
      <Files files={state.files} />
    </div>
  );
}

function Summary({ state, failed }: { state: TransferState; failed: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (failed > 0 && state.isOver) return <span>{t("upload.failed", { count: failed })}</span>;
  const sent = t("upload.sent", {
    sent: format.bytes(state.sentBytes),
    total: format.bytes(state.totalBytes),
  });
  const left =
    state.secondsLeft === null
      ? ""
      : t("upload.left", { time: format.duration(state.secondsLeft) });
  const paused = state.isPaused ? t("upload.paused") : "";
  return <span role="status">{[sent, left, paused].filter(Boolean).join(" · ")}</span>;
}

const order = { failed: 0, sending: 1, waiting: 2, done: 3 } as const;

function Files({ files }: { files: readonly TransferFile[] }) {
  const { t } = useTranslation();
  // Those that still move, or failed, are the ones worth watching.
  const sorted = [...files].sort((a, b) => order[a.phase] - order[b.phase]);
  return (
    <>
      <ul className={styles.list} aria-label={t("upload.files")}>
        {sorted.slice(0, shownAtMost).map((file) => (
          <li key={file.path}>
            <span className={styles.path}>{file.path}</span>
            {file.problem ? (
              <span className={styles.problem}>{file.problem.message}</span>
            ) : (
              <Progress
                className={styles.bar}
                size="small"
                percent={file.phase === "done" ? 100 : percentOf(file.sentBytes, file.sizeBytes)}
                status={file.phase === "done" ? "success" : "normal"}
                aria-label={t("upload.file", { name: file.path })}
              />
            )}
          </li>
        ))}
      </ul>
      <MoreFiles hidden={files.length - shownAtMost} />
    </>
  );
}
