export const auth = {
  signIn: {
    title: "Sign in",
    lead: "Notebooks, projects and data sets for operations engineers.",
    username: "User name",
    password: "Password",
    submit: "Sign in",
    noAccount: "No account yet? An administrator of this platform can create one for you.",
    expired: "Your session has ended. Sign in again and you are back where you were.",
    usernameMissing: "Enter your user name.",
    passwordMissing: "Enter your password.",
  },
  busy: {
    title: "Something is still computing",
    titleSilent: "Something may still be computing",
    silent: "Your service does not answer at the moment, so a kernel may be busy.",
    lead_one: "A kernel in your service is busy:",
    lead_other: "{{count}} kernels in your service are busy:",
    question:
      "Signing out stops your service. What has been saved stays; what a kernel holds in memory is lost.",
    keep: "Sign out, stop when idle",
    stop: "Stop now and sign out",
    untitled: "a kernel without a notebook",
  },
};
