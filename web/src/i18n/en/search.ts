export const search = {
  title: "Search",
  label: "Projects, data sets and snippets",
  results: "Found",
  none: "Nothing has “{{query}}” in its name, description or owner. Try fewer words.",
  empty: "Nothing is here yet. Create a project, and it is found here.",
  kinds: {
    projects: "My projects",
    public_projects: "Public projects",
    datasets: "My data sets",
    public_datasets: "Public data sets",
    snippets: "My snippets",
  },
};
