import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "react-router/dom";
import { whenSessionEnds } from "@/api/client";
import { sessionEndedKey, sessionKey } from "@/features/auth/session";
import { Appearance } from "./Appearance";
import { queryClient } from "./queryClient";
import { router } from "./routes";

whenSessionEnds(() => {
  if (queryClient.getQueryData(sessionKey)) queryClient.setQueryData(sessionEndedKey, true);
  queryClient.setQueryData(sessionKey, null);
});

export function App() {
  return (
    <QueryClientProvider client={queryClient}>
      <Appearance>
        <RouterProvider router={router} />
      </Appearance>
    </QueryClientProvider>
  );
}
