import type { ReactNode } from "react";
import { Navigate, Outlet, useLocation } from "react-router";
import { Loading } from "@/app/Loading";
import { NotFound } from "@/kit/NotFound";
import { ProblemAlert } from "@/kit/ProblemAlert";
import { signInPathFor } from "./next";
import { useCurrentUser, useSession } from "./session";

/** Shows its children to whoever is signed in, and the sign-in page, with the way back, to others. */
export function RequireSession({ children }: { children: ReactNode }) {
  const session = useSession();
  const location = useLocation();
  if (session.data) return children;
  if (session.data === null) return <Navigate to={signInPathFor(location)} replace />;
  if (session.isError) {
    return <ProblemAlert error={session.error} onRetry={() => void session.refetch()} />;
  }
  return <Loading />;
}

export function RequireAdmin() {
  return useCurrentUser().is_admin ? <Outlet /> : <NotFound />;
}
