// Requirements: A2
import { useQuery } from "@tanstack/react-query";
import { getSession } from "@/api/auth";
import type { User } from "@/api/types";

export const sessionKey = ["session"] as const;
/** True when a session ended under the user's hands. */
export const sessionEndedKey = ["session", "ended"] as const;

/** Who is signed in: undefined while asking, null for nobody. */
export function useSession() {
  return useQuery({ queryKey: sessionKey, queryFn: getSession, staleTime: 60_000 });
}

/** The signed-in user; only for what is shown inside `RequireSession`. */
export function useCurrentUser(): User {
  const { data } = useSession();
  if (!data) throw new Error("shown without a session");
  return data.user;
}

/** A user has one service, of the same name. */
export function useServiceName(): string {
  return useCurrentUser().username;
}
