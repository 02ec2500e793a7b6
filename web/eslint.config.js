import js from "@eslint/js";
import i18next from "eslint-plugin-i18next";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["node_modules", "src/api/schema.ts"] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  jsxA11y.flatConfigs.strict,
  reactHooks.configs.flat["recommended-latest"],
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      // A number in a text is safe; objects and undefined are still refused.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // `onFinish={async () => …}` is how Ant Design's and React's handlers are written.
      "@typescript-eslint/no-misused-promises": [
        "error",
        { checksVoidReturn: { attributes: false, properties: false } },
      ],
    },
  },
  { files: ["**/*.js"], extends: [tseslint.configs.disableTypeChecked] },
  {
    // Every text that a person reads comes from the catalogues.
    files: ["src/**/*.tsx"],
    ignores: ["src/**/*.test.tsx"],
    plugins: { i18next },
    rules: {
      "i18next/no-literal-string": [
        "error",
        {
          mode: "jsx-only",
          "jsx-attributes": {
            include: [
              "aria-label",
              "alt",
              "title",
              "label",
              "placeholder",
              "description",
              "extra",
              "okText",
              "cancelText",
            ],
          },
        },
      ],
    },
  },
  {
    // The same where texts are no part of JSX: in notices, in questions, in menus' and tables' items.
    files: ["src/**/*.{ts,tsx}"],
    ignores: ["src/**/*.test.{ts,tsx}", "src/i18n/**", "src/api/schema.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector:
            "CallExpression[callee.object.name='notify'] > :matches(Literal, TemplateLiteral)",
          message: "What a person reads comes from the catalogues.",
        },
        {
          selector:
            "Property[key.name=/^(title|label|content|okText|cancelText|placeholder|hint|message|description|action)$/] > :matches(Literal[value=/[A-Z ]/], TemplateLiteral)",
          message: "What a person reads comes from the catalogues.",
        },
        {
          selector:
            ":matches(Literal[value=/\\p{Script=Han}/u], TemplateElement[value.raw=/\\p{Script=Han}/u])",
          message: "Chinese is in the catalogues only.",
        },
      ],
    },
  },
  {
    // Requests are made in src/api only.
    files: ["src/**/*.{ts,tsx}"],
    ignores: ["src/api/**", "src/kit/*[iI]cons.tsx"],
    rules: {
      "no-restricted-globals": ["error", "fetch", "XMLHttpRequest", "EventSource"],
      "no-restricted-imports": [
        "error",
        {
          paths: [
            { name: "openapi-fetch", message: "Use the functions of @/api." },
            { name: "@ant-design/icons", message: "Use those of @/kit/icons, which are silent." },
          ],
        },
      ],
    },
  },
);
