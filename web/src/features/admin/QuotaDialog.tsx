// Requirements: B2
import { Alert, Form, InputNumber, Modal } from "antd";
import { useTranslation } from "react-i18next";
import type { StorageUsage } from "@/api/admin";
import type { User } from "@/api/types";
import { updateUser } from "@/api/users";
import { useUsersChanged } from "@/features/users/queries";
import { Facts } from "@/kit/Facts";
import { ProblemAlert } from "@/kit/ProblemAlert";
import { QueryView } from "@/kit/QueryView";
import { useFormat } from "@/kit/format";
import { notify } from "@/kit/notices";
import { useAction } from "@/kit/useAction";
import { useStorageUsage } from "./queries";
import styles from "./admin.module.css";

const gib = 1024 ** 3;

interface Fields {
  gib: number | null;
  files: number | null;
}

/** What a user's data takes, and how much it may take. */
export function QuotaDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation();
  const usage = useStorageUsage(user.id);
  const changed = useUsersChanged();
  const save = useAction(async (fields: Fields) => {
    await updateUser(user.id, {
      quota_bytes: fields.gib === null ? null : Math.round(fields.gib * gib),
      quota_files: fields.files,
    });
    notify.success(t("common.saved"));
    onClose();
    await changed();
  });
  return (
    <Modal
      open
      title={t("admin.quota.title", { name: user.display_name || user.username })}
      onCancel={onClose}
      okText={t("common.actions.save")}
      cancelText={t("common.actions.cancel")}
      okButtonProps={{ htmlType: "submit", form: "quota", loading: save.isRunning }}
    >
      <QueryView query={usage}>{(found) => <Usage usage={found} />}</QueryView>
      <ProblemAlert error={save.error} className={styles.notice} />
      <Form<Fields>
        id="quota"
        layout="vertical"
        requiredMark={false}
        initialValues={{
          gib: user.quota_bytes == null ? null : user.quota_bytes / gib,
          files: user.quota_files,
        }}
        onFinish={(fields) => void save.run(fields)}
      >
        <Form.Item name="gib" label={t("admin.quota.bytes")} extra={t("admin.quota.hint")}>
          <InputNumber min={0} max={1_000_000} className={styles.number} />
        </Form.Item>
        <Form.Item name="files" label={t("admin.quota.count")} extra={t("admin.quota.hint")}>
          <InputNumber min={0} precision={0} className={styles.number} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

function Usage({ usage }: { usage: StorageUsage }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className={styles.usage}>
      {usage.is_complete ? null : (
        <Alert
          className={styles.notice}
          type="warning"
          showIcon
          title={t("admin.quota.incomplete")}
        />
      )}
      <Facts
        items={[
          [t("admin.quota.used"), format.bytes(usage.size_bytes)],
          [t("admin.quota.files"), format.number(usage.file_count)],
          [t("admin.quota.datasets"), format.bytes(usage.datasets_bytes)],
          [t("admin.quota.projects"), format.bytes(usage.projects_bytes)],
          [t("admin.quota.uploads"), format.bytes(usage.uploads_bytes)],
        ]}
      />
    </div>
  );
}
