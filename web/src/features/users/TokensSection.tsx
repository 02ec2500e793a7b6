// Requirements: A2
import { useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { revokeToken } from "@/api/auth";
import type { Token } from "@/api/types";
import { useFormat } from "@/kit/format";
import { QueryView } from "@/kit/QueryView";
import { Section } from "@/kit/Section";
import { useConfirm } from "@/kit/useConfirm";
import { NewTokenDialog } from "./NewTokenDialog";
import { tokensKey, useTokens } from "./queries";
import styles from "./users.module.css";
import { PlusIcon } from "@/kit/icons";

export function TokensSection() {
  const { t } = useTranslation();
  const tokens = useTokens();
  const [isCreating, setCreating] = useState(false);
  return (
    <div className={styles.below}>
      <Section
        title={t("users.tokens.title")}
        hint={t("users.tokens.hint")}
        extra={
          <Button
            icon={<PlusIcon />}
            onClick={() => {
              setCreating(true);
            }}
          >
            {t("users.tokens.new")}
          </Button>
        }
      >
        <QueryView query={tokens}>
          {({ pages }) => <TokenTable tokens={pages.flatMap((page) => page.items)} />}
        </QueryView>
        {tokens.hasNextPage ? (
          <Button block type="text" onClick={() => void tokens.fetchNextPage()}>
            {t("common.actions.more")}
          </Button>
        ) : null}
      </Section>
      {isCreating ? (
        <NewTokenDialog
          onClose={() => {
            setCreating(false);
          }}
        />
      ) : null}
    </div>
  );
}

function TokenTable({ tokens }: { tokens: readonly Token[] }) {
  const { t } = useTranslation();
  return (
    // On a phone it is scrolled, by keys as well.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={styles.scroll} role="group" aria-label={t("users.tokens.title")} tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t("users.tokens.name")}</th>
            <th scope="col">{t("users.tokens.lastUsed")}</th>
            <th scope="col">{t("users.tokens.from")}</th>
            <th scope="col">{t("users.tokens.expires")}</th>
            <th scope="col">
              <span className="visually-hidden">{t("users.tokens.revoke")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tokens.map((token) => (
            <TokenRow key={token.id} token={token} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function TokenRow({ token }: { token: Token }) {
  const { t } = useTranslation();
  const format = useFormat();
  const confirm = useConfirm();
  const queryClient = useQueryClient();
  const name = token.name || t("users.tokens.unnamed", { when: format.dateTime(token.created_at) });
  const kind = token.is_current ? "current" : token.kind;
  const revoke = async () => {
    await revokeToken(token.id);
    await queryClient.invalidateQueries({ queryKey: tokensKey });
  };
  return (
    <tr>
      <td>
        <span className={styles.strong}>{name}</span>
        <span className={styles.kind}>{t(`users.tokens.${kind}`)}</span>
      </td>
      <td>{token.last_used_at ? format.relative(token.last_used_at) : t("common.never")}</td>
      <td>{token.created_from}</td>
      <td>{format.date(token.expires_at)}</td>
      <td className={styles.rowActions}>
        {token.is_current ? null : (
          <Button
            danger
            type="text"
            size="small"
            aria-label={t("users.tokens.revokeLabel", { name })}
            onClick={() => {
              confirm({
                title: t("users.tokens.revokeQuestion", { name }),
                content: t("users.tokens.revokeWarning"),
                action: t("users.tokens.revoke"),
                onConfirm: revoke,
              });
            }}
          >
            {t("users.tokens.revoke")}
          </Button>
        )}
      </td>
    </tr>
  );
}
