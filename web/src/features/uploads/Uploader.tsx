// Requirements: D1, E1, E4
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { UploadFile } from "@/api/upload";
import { checkUploads } from "@/api/uploads";
import { notify } from "@/kit/notices";
import { ProblemAlert } from "@/kit/ProblemAlert";
import { DropArea } from "@/kit/upload/DropArea";
import { useLeaveWarning } from "@/kit/upload/useLeaveWarning";
import { useAction } from "@/kit/useAction";
import { takeOver } from "./handover";
import { isArchive, matchWaiting, toResume, type PlannedFile } from "./plan";
import { useUploadsChanged, useWaitingUploads } from "./queries";
import { ReviewFiles, type Review } from "./ReviewFiles";
import { Transfer } from "./transfer";
import { TransferView } from "./TransferView";
import { WaitingUploads } from "./WaitingUploads";

interface Props {
  /** `datasets/<id>` or `projects/<id>`. */
  target: string;
  hint: string;
  /** Called when files have been stored. */
  onStored: () => Promise<void>;
}

/** Files and folders for a data set or a project, resumable. */
export function Uploader({ target, hint, onStored }: Props) {
  const { t } = useTranslation();
  const uploadsChanged = useUploadsChanged();
  const [review, setReview] = useState<Review | null>(null);
  const [transfer, setTransfer] = useState<Transfer | null>(null);
  const waiting = useWaitingUploads(target, { isWanted: transfer === null });
  const current = useRef<Transfer | null>(null);
  const isUnderWay = () => current.current !== null && !current.current.snapshot().isOver;
  useLeaveWarning({ state: transfer, isUnderWay });

  const close = () => {
    current.current = null;
    setTransfer(null);
    void uploadsChanged();
  };
  const begin = (files: readonly PlannedFile[]) => {
    setReview(null);
    if (files.length === 0) return;
    const next = new Transfer(target, files);
    const unsubscribe = next.subscribe(() => {
      const { isOver, files: sent } = next.snapshot();
      if (!isOver) return;
      const stored = sent.filter(({ phase }) => phase === "done").length;
      if (stored > 0) void onStored();
      if (stored < sent.length) return;
      unsubscribe();
      next.end();
      notify.success(t("upload.stored", { count: stored }));
      close();
    });
    current.current = next;
    setTransfer(next);
    next.start();
  };
  const choose = useAction(async (chosen: readonly UploadFile[]) => {
    if (chosen.length === 0) return;
    const { data: begun = [] } = await waiting.refetch();
    const matched = matchWaiting(chosen, begun);
    const resumed = matched.files.flatMap((file) => {
      const found = matched.begun.get(file.path);
      return found ? [toResume(file, found)] : [];
    });
    const files = matched.files.filter(({ path }) => !matched.begun.has(path));
    const planned = files.map(({ path, file }) => ({ path, size_bytes: file.size }));
    const checked = await checkUploads(target, planned);
    const asks = checked.files.some(({ clash, problem }) => clash || problem);
    if (asks || checked.problem || files.some(({ path }) => isArchive(path))) {
      setReview({ files, checked, resumed });
      return;
    }
    const fresh = files.map((one) => ({
      ...one,
      onClash: "refuse" as const,
      unpack: false,
      location: null,
      sentBytes: 0,
    }));
    begin([...resumed, ...fresh]);
  });

  const chooseOnce = useRef(choose.run);
  useEffect(() => {
    void chooseOnce.current(takeOver(target));
    return () => current.current?.end();
  }, [target]);

  if (transfer) return <TransferView transfer={transfer} onClose={close} />;
  if (review) {
    return (
      <ReviewFiles
        review={review}
        onSend={begin}
        onCancel={() => {
          setReview(null);
        }}
      />
    );
  }
  return (
    <>
      <ProblemAlert error={choose.error} />
      <WaitingUploads uploads={waiting.data ?? []} onDiscarded={uploadsChanged} />
      <DropArea
        hint={hint}
        disabled={choose.isRunning}
        onFiles={(files) => void choose.run(files)}
      />
    </>
  );
}
