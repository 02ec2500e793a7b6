import { datasetsPlugin } from "./datasets/plugin";
import { languagePlugin } from "./platform/language";
import { platformPlugin } from "./platform/plugin";
import { projectPlugin } from "./project/plugin";
import { servicePlugin } from "./service/plugin";
import { snippetsPlugin } from "./snippets/plugin";

export { IPlatform } from "./platform/token";

export default [
  languagePlugin,
  platformPlugin,
  snippetsPlugin,
  datasetsPlugin,
  projectPlugin,
  servicePlugin,
];
