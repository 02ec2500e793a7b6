// Requirements: F5
import { Form, Modal, Select } from "antd";
import { useTranslation } from "react-i18next";
import { moveSnippet } from "@/api/snippets";
import type { SnippetNode } from "@/api/types";
import { notify } from "@/kit/notices";
import { ProblemAlert } from "@/kit/ProblemAlert";
import { useAction } from "@/kit/useAction";
import { foldersFor, type Placed } from "./placing";
import { useSnippetsChanged } from "./queries";
import styles from "./snippets.module.css";

const top = 0;

interface Props {
  node: SnippetNode;
  places: Map<number, Placed>;
  onClose: () => void;
}

/** Choose the folder to which a node goes. */
export function MoveDialog({ node, places, onClose }: Props) {
  const { t } = useTranslation();
  const changed = useSnippetsChanged();
  const [form] = Form.useForm<{ folder: number }>();
  const version = places.get(node.id)?.node.version ?? node.version;
  const move = useAction(async ({ folder }: { folder: number }) => {
    const parentId = folder === top ? null : folder;
    const moved = await moveSnippet(node.id, { version, parent_id: parentId });
    const name = moved.path.at(-1)?.title ?? t("snippets.top");
    notify.success(t("snippets.moved", { name: moved.title, folder: name }));
    onClose();
    await changed(moved);
  });
  const options = [
    { value: top, label: t("snippets.top") },
    ...foldersFor(places, node.id).map(({ id, path }) => ({ value: id, label: path.join(" / ") })),
  ];
  return (
    <Modal
      open
      title={t("snippets.moveTitle", { name: node.title })}
      onCancel={onClose}
      okText={t("snippets.actions.moveHere")}
      cancelText={t("common.actions.cancel")}
      okButtonProps={{ htmlType: "submit", form: "move-snippet", loading: move.isRunning }}
    >
      <ProblemAlert error={move.error} className={styles.problem} />
      <Form
        id="move-snippet"
        form={form}
        layout="vertical"
        initialValues={{ folder: node.parent_id ?? top }}
        onFinish={move.run}
      >
        <Form.Item name="folder" label={t("snippets.fields.folder")}>
          <Select<number> options={options} showSearch={{ optionFilterProp: "label" }} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
