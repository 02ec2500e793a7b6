import { lazy, Suspense } from "react";

export interface DifferenceProps {
  label: string;
  before: string;
  after: string;
  language: string;
}

const LoadedDifference = lazy(async () => ({
  default: (await import("./LoadedDifference")).LoadedDifference,
}));

/** Two versions of code in one: lines that went, and lines that came. */
export function Difference(props: DifferenceProps) {
  return (
    <Suspense>
      <LoadedDifference {...props} />
    </Suspense>
  );
}
