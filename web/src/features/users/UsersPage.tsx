// Requirements: B2, B4
import { Button, Input } from "antd";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import type { User } from "@/api/types";
import { QuotaDialog } from "@/features/admin/QuotaDialog";
import { EmptyState } from "@/kit/EmptyState";
import { PagedView } from "@/kit/PagedView";
import { PageHeader } from "@/kit/PageHeader";
import { useUsers } from "./queries";
import { ResetPasswordDialog } from "./ResetPasswordDialog";
import { UserDialog } from "./UserDialog";
import { UserTable } from "./UserTable";
import styles from "./users.module.css";
import { PlusIcon, SearchIcon } from "@/kit/icons";

type Open = { dialog: "create" } | { dialog: "edit" | "password" | "quota"; user: User };

export function UsersPage() {
  const { t } = useTranslation();
  const [query, setQuery] = useState("");
  const users = useUsers(useDeferredValue(query.trim()));
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => {
    setOpen(null);
  };
  return (
    <>
      <PageHeader
        title={t("users.admin.title")}
        lead={t("users.admin.lead")}
        actions={
          <Button
            type="primary"
            icon={<PlusIcon />}
            onClick={() => {
              setOpen({ dialog: "create" });
            }}
          >
            {t("users.admin.new")}
          </Button>
        }
      />
      <Input
        className={styles.search}
        type="search"
        allowClear
        prefix={<SearchIcon />}
        aria-label={t("users.admin.search")}
        placeholder={t("users.admin.search")}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
        }}
      />
      <PagedView
        query={users}
        empty={
          <EmptyState
            icon={<SearchIcon />}
            title={t("users.admin.none")}
            hint={t("users.admin.lead")}
          />
        }
      >
        {(items) => (
          <UserTable
            users={items}
            onEdit={(user) => {
              setOpen({ dialog: "edit", user });
            }}
            onQuota={(user) => {
              setOpen({ dialog: "quota", user });
            }}
            onResetPassword={(user) => {
              setOpen({ dialog: "password", user });
            }}
          />
        )}
      </PagedView>
      {open?.dialog === "create" ? <UserDialog onClose={close} /> : null}
      {open?.dialog === "edit" ? <UserDialog user={open.user} onClose={close} /> : null}
      {open?.dialog === "quota" ? <QuotaDialog user={open.user} onClose={close} /> : null}
      {open?.dialog === "password" ? (
        <ResetPasswordDialog user={open.user} onClose={close} />
      ) : null}
    </>
  );
}
