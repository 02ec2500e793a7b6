import type { Translated } from "@/i18n/catalogue";
import type { search as en } from "@/i18n/en/search";

export const search: Translated<typeof en> = {
  title: "搜索",
  label: "搜索项目、数据集和代码片段",
  results: "搜索结果",
  none: "没有名称、描述或所有者包含“{{query}}”的内容，请减少关键词再试。",
  empty: "还没有内容。创建项目后即可在此找到。",
  kinds: {
    projects: "我的项目",
    public_projects: "公开项目",
    datasets: "我的数据集",
    public_datasets: "公开数据集",
    snippets: "我的代码片段",
  },
};
