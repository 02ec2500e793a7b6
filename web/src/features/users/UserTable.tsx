import { Button, Dropdown, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { asProblem } from "@/api/problems";
import type { User } from "@/api/types";
import { updateUser } from "@/api/users";
import { useCurrentUser } from "@/features/auth/session";
import { useFormat } from "@/kit/format";
import { useConfirm } from "@/kit/useConfirm";
import { useUsersChanged } from "./queries";
import styles from "./users.module.css";
import { MoreIcon } from "@/kit/icons";
import { notify } from "@/kit/notices";

interface Actions {
  onEdit: (user: User) => void;
  onQuota: (user: User) => void;
  onResetPassword: (user: User) => void;
}

export function UserTable({ users, ...actions }: Actions & { users: readonly User[] }) {
  const { t } = useTranslation();
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t("users.admin.name")}</th>
            <th scope="col" className={styles.email}>
              {t("users.account.email")}
            </th>
            <th scope="col">{t("users.admin.role")}</th>
            <th scope="col">{t("users.admin.state")}</th>
            <th scope="col">{t("users.admin.lastLogin")}</th>
            <th scope="col">
              <span className="visually-hidden">{t("users.admin.actions")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {users.map((user) => (
            <UserRow key={user.id} user={user} {...actions} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function UserRow({ user, ...actions }: Actions & { user: User }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <tr>
      <td>
        <span className={styles.strong}>{user.display_name || user.username}</span>
        <span className={styles.kind}>{user.username}</span>
      </td>
      <td className={styles.email}>{user.email}</td>
      <td>{t(user.is_admin ? "users.account.admin" : "users.account.member")}</td>
      <td>
        <Tag color={user.is_active ? "success" : undefined} variant="filled">
          {t(user.is_active ? "users.admin.active" : "users.admin.inactive")}
        </Tag>
      </td>
      <td>{user.last_login_at ? format.relative(user.last_login_at) : t("common.never")}</td>
      <td className={styles.rowActions}>
        <UserMenu user={user} {...actions} />
      </td>
    </tr>
  );
}

function UserMenu({ user, onEdit, onQuota, onResetPassword }: Actions & { user: User }) {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const changed = useUsersChanged();
  const isMyself = useCurrentUser().id === user.id;
  const name = user.display_name || user.username;
  const setActive = async (isActive: boolean) => {
    await updateUser(user.id, { is_active: isActive });
    await changed();
  };
  const activate = () => {
    setActive(true).catch((thrown: unknown) => {
      notify.error(asProblem(thrown).message);
    });
  };
  const deactivate = () => {
    confirm({
      title: t("users.admin.deactivateQuestion", { name }),
      content: t("users.admin.deactivateWarning"),
      action: t("users.admin.deactivate"),
      onConfirm: () => setActive(false),
    });
  };
  const items = [
    {
      key: "edit",
      label: t("users.admin.edit"),
      onClick: () => {
        onEdit(user);
      },
    },
    {
      key: "quota",
      label: t("admin.quota.menu"),
      onClick: () => {
        onQuota(user);
      },
    },
    {
      key: "password",
      label: t("users.admin.resetPassword"),
      onClick: () => {
        onResetPassword(user);
      },
    },
    user.is_active
      ? {
          key: "off",
          label: t("users.admin.deactivate"),
          danger: true,
          disabled: isMyself,
          onClick: deactivate,
        }
      : { key: "on", label: t("users.admin.activate"), onClick: activate },
  ];
  return (
    <Dropdown menu={{ items }} trigger={["click"]} placement="bottomRight">
      <Button type="text" icon={<MoreIcon />} aria-label={t("users.admin.actionsFor", { name })} />
    </Dropdown>
  );
}
