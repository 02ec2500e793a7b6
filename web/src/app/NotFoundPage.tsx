import { NotFound } from "@/kit/NotFound";

export function NotFoundPage() {
  return <NotFound />;
}
