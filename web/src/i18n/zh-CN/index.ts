import { auth } from "./auth";
import { common } from "./common";
import { home } from "./home";
import { notebooks } from "./notebooks";

export const catalogue = { common, auth, home, notebooks };
