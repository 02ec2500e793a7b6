export const home = {
  greeting: "Hello, {{name}}",
  recent: {
    title: "Recent projects",
    all: "All projects",
    emptyTitle: "No project yet",
    emptyHint:
      "Create one from a starter: the notebook is there at once, with your data set linked.",
  },
  news: { title: "New in public", all: "All public projects" },
  steps: {
    title: "First steps",
    lead: "From data to a plot in three steps.",
    upload: "Upload a data set",
    uploadHint: "Metrics, logs or alerts as CSV or any other file. Notebooks read it from ~/input.",
    create: "Create a project",
    createHint: "Choose a starter and the data set; the notebook is ready to run.",
    open: "Open it in JupyterLab",
    openHint: "Your service starts by itself. Run the cells and see the plot.",
    done: "Done",
    other: "Or begin with what others have shared:",
    otherLink: "fork a public project",
  },
};
