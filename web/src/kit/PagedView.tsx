import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { Button } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Page } from "@/api/types";
import { QueryView } from "./QueryView";
import styles from "./kit.module.css";

interface Props<Item> {
  query: UseInfiniteQueryResult<InfiniteData<Page<Item>>>;
  empty: ReactNode;
  /** Without the box around it, for what brings boxes of its own. */
  isBare?: boolean;
  children: (items: Item[]) => ReactNode;
}

/** A list that comes in pages, in a box, with a button for the next page. */
export function PagedView<Item>({ query, empty, isBare = false, children }: Props<Item>) {
  const { t } = useTranslation();
  return (
    <div className={isBare ? undefined : styles.section}>
      <QueryView query={query}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          return items.length > 0 ? children(items) : empty;
        }}
      </QueryView>
      {query.hasNextPage ? (
        <Button
          block
          type="text"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {t("common.actions.more")}
        </Button>
      ) : null}
    </div>
  );
}
