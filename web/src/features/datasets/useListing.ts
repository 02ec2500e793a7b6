import type { DatasetSort } from "@/api/datasets";
import { useListAddress } from "@/kit/useListAddress";
import type { Listing } from "./queries";

export const sorts = ["-updated", "updated", "name", "-name", "-forks"] as const;

export interface ListingAddress {
  listing: Listing;
  search: (query: string) => void;
  order: (sort: DatasetSort) => void;
}

/** What a list of data sets shows, as the address says it. */
export function useListing(): ListingAddress {
  const address = useListAddress({ query: "", sort: "-updated" });
  const written = address.read("sort");
  return {
    listing: {
      query: address.read("query"),
      sort: sorts.find((sort) => sort === written) ?? "-updated",
    },
    search: (query) => {
      address.write("query", query);
    },
    order: (sort) => {
      address.write("sort", sort);
    },
  };
}
