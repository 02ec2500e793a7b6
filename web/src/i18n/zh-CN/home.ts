import type { Translated } from "@/i18n/catalogue";
import type { home as en } from "@/i18n/en/home";

export const home: Translated<typeof en> = {
  greeting: "{{name}}，您好",
  recent: {
    title: "最近的项目",
    all: "全部项目",
    emptyTitle: "还没有项目",
    emptyHint: "从项目模板创建，笔记本立即可用，并会关联您的数据集。",
  },
  news: { title: "最新公开", all: "全部公开项目" },
  steps: {
    title: "快速上手",
    lead: "三步完成从数据到图表。",
    upload: "上传数据集",
    uploadHint: "CSV 或任何格式的指标、日志、告警文件，笔记本从 ~/input 读取。",
    create: "创建项目",
    createHint: "选择项目模板和数据集，笔记本即可运行。",
    open: "在 JupyterLab 中打开",
    openHint: "服务会自动启动。运行单元格，查看图表。",
    done: "已完成",
    other: "也可以从他人分享的项目开始：",
    otherLink: "派生一个公开项目",
  },
};
