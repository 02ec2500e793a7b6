// Requirements: E3
import { Select } from "antd";
import { useTranslation } from "react-i18next";
import type { DatasetSort } from "@/api/datasets";
import kit from "@/kit/kit.module.css";
import { SearchField } from "@/kit/SearchField";
import { sorts, type ListingAddress } from "./useListing";

/** Search and order of a list. */
export function ListTools({ listing, search, order }: ListingAddress) {
  const { t } = useTranslation();
  return (
    <div className={kit.toolbar} role="search">
      <SearchField label={t("datasets.list.search")} value={listing.query} onSearch={search} />
      <Select<DatasetSort>
        aria-label={t("datasets.list.sort")}
        popupMatchSelectWidth={false}
        value={listing.sort}
        options={sorts.map((sort) => ({ value: sort, label: t(`datasets.list.sorts.${sort}`) }))}
        onChange={order}
      />
    </div>
  );
}
