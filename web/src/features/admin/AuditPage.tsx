import { Select, Tag } from "antd";
import { useTranslation } from "react-i18next";
import type { AuditAction, AuditEntry } from "@/api/admin";
import { EmptyState } from "@/kit/EmptyState";
import { PagedView } from "@/kit/PagedView";
import { PageHeader } from "@/kit/PageHeader";
import { SearchField } from "@/kit/SearchField";
import { useFormat } from "@/kit/format";
import { SearchIcon } from "@/kit/icons";
import { useListAddress } from "@/kit/useListAddress";
import { auditActions, beginOf, isAction, isSpan, spans, type Span } from "./actions";
import { useAudit } from "./queries";
import styles from "./admin.module.css";

export function AuditPage() {
  const { t } = useTranslation();
  const address = useListAddress({ actor: "", action: "", span: "all" });
  const action = address.read("action");
  const span = address.read("span");
  const entries = useAudit({
    actor: address.read("actor") || undefined,
    action: isAction(action) ? action : undefined,
    since: beginOf(isSpan(span) ? span : "all", new Date()),
  });
  return (
    <>
      <PageHeader title={t("admin.audit.title")} lead={t("admin.audit.lead")} />
      <div className={styles.filters}>
        <SearchField
          label={t("admin.audit.actorFilter")}
          value={address.read("actor")}
          onSearch={(actor) => {
            address.write("actor", actor);
          }}
        />
        <Select
          className={styles.filter}
          aria-label={t("admin.audit.action")}
          showSearch={{ optionFilterProp: "label" }}
          value={isAction(action) ? action : ""}
          onChange={(value) => {
            address.write("action", value);
          }}
          options={[
            { value: "", label: t("admin.audit.anyAction") },
            ...auditActions.map((value) => ({ value, label: t(`admin.audit.actions.${value}`) })),
          ]}
        />
        <Select<Span>
          className={styles.filter}
          aria-label={t("admin.audit.span")}
          value={isSpan(span) ? span : "all"}
          onChange={(value) => {
            address.write("span", value);
          }}
          options={spans.map((value) => ({ value, label: t(`admin.audit.spans.${value}`) }))}
        />
      </div>
      <PagedView
        query={entries}
        empty={
          <EmptyState
            icon={<SearchIcon />}
            title={t("admin.audit.emptyTitle")}
            hint={t("admin.audit.emptyHint")}
          />
        }
      >
        {(items) => <AuditTable entries={items} />}
      </PagedView>
    </>
  );
}

const columns = ["when", "actor", "action", "object", "address"] as const;

function AuditTable({ entries }: { entries: readonly AuditEntry[] }) {
  const { t } = useTranslation();
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {t(`admin.audit.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <AuditRow key={entry.id} entry={entry} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function AuditRow({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <tr>
      <td className={styles.figure}>{format.dateTime(entry.at)}</td>
      <td>{entry.actor}</td>
      <td>
        {t(`admin.audit.actions.${entry.action as AuditAction}`)}{" "}
        {entry.outcome === "refused" ? <Tag color="error">{t("admin.audit.refused")}</Tag> : null}
      </td>
      <td>{entry.object_name}</td>
      <td className={styles.figure}>{entry.address}</td>
    </tr>
  );
}
