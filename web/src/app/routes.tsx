import { createBrowserRouter } from "react-router";
import type { ComponentType } from "react";
import { RequireAdmin, RequireSession } from "@/features/auth/Require";
import { needCatalogues, type PageCatalogue } from "@/i18n";
import { Loading } from "./Loading";
import { NotFoundPage } from "./NotFoundPage";
import { RouteErrorPage } from "./RouteErrorPage";

/** A page, which is a chunk of script of its own, with the catalogues that its texts are in. */
function page<Name extends string>(
  name: Name,
  load: () => Promise<Record<Name, ComponentType>>,
  ...catalogues: PageCatalogue[]
) {
  return async () => {
    const [module] = await Promise.all([load(), needCatalogues(...catalogues)]);
    return { Component: module[name] };
  };
}

export const router = createBrowserRouter([
  {
    ErrorBoundary: RouteErrorPage,
    HydrateFallback: Loading,
    children: [
      {
        path: "/sign-in",
        lazy: page("SignInPage", () => import("@/features/auth/SignInPage")),
      },
      {
        // The sign-in page does without what is around the others.
        lazy: async () => {
          const { Shell } = await import("./Shell");
          const element = (
            <RequireSession>
              <Shell />
            </RequireSession>
          );
          return { element };
        },
        children: [
          {
            index: true,
            lazy: page("HomePage", () => import("@/features/home/HomePage")),
          },
          {
            path: "projects",
            lazy: page(
              "ProjectsPage",
              () => import("@/features/projects/ProjectsPage"),
              "projects",
            ),
          },
          {
            path: "projects/public",
            lazy: page("GalleryPage", () => import("@/features/projects/GalleryPage"), "projects"),
          },
          {
            path: "projects/public/:publicId",
            lazy: page(
              "PublicProjectPage",
              () => import("@/features/projects/PublicProjectPage"),
              "projects",
            ),
          },
          {
            path: "projects/:projectId",
            lazy: page(
              "ProjectPage",
              () => import("@/features/projects/ProjectPage"),
              "projects",
              "upload",
            ),
          },
          {
            path: "datasets",
            lazy: page(
              "DatasetsPage",
              () => import("@/features/datasets/DatasetsPage"),
              "datasets",
            ),
          },
          {
            path: "datasets/public",
            lazy: page(
              "PublicDatasetsPage",
              () => import("@/features/datasets/PublicDatasetsPage"),
              "datasets",
            ),
          },
          {
            path: "datasets/new",
            lazy: page(
              "NewDatasetPage",
              () => import("@/features/datasets/NewDatasetPage"),
              "datasets",
              "upload",
            ),
          },
          {
            path: "datasets/:datasetId",
            lazy: page(
              "DatasetPage",
              () => import("@/features/datasets/DatasetPage"),
              "datasets",
              "upload",
            ),
          },
          {
            path: "snippets",
            lazy: page(
              "SnippetsPage",
              () => import("@/features/snippets/SnippetsPage"),
              "snippets",
            ),
          },
          {
            path: "account",
            lazy: page("AccountPage", () => import("@/features/users/AccountPage"), "users"),
          },
          {
            element: <RequireAdmin />,
            children: [
              {
                path: "admin",
                lazy: page("AdminFrame", () => import("@/features/admin/AdminFrame"), "admin"),
                children: [
                  {
                    index: true,
                    lazy: page("OverviewPage", () => import("@/features/admin/OverviewPage")),
                  },
                  {
                    path: "users",
                    lazy: page("UsersPage", () => import("@/features/users/UsersPage"), "users"),
                  },
                  {
                    path: "services",
                    lazy: page("ServicesPage", () => import("@/features/admin/ServicesPage")),
                  },
                  {
                    path: "audit",
                    lazy: page("AuditPage", () => import("@/features/admin/AuditPage")),
                  },
                ],
              },
            ],
          },
          {
            // Only while the service does not run: else the proxy leads there.
            path: "user/:owner/*",
            lazy: page("ServiceDoorPage", () => import("@/features/notebooks/ServiceDoorPage")),
          },
          { path: "*", Component: NotFoundPage },
        ],
      },
    ],
  },
]);
