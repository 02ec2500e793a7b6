import type { Translated } from "@/i18n/catalogue";
import type { live as en } from "@/i18n/en/live";

export const live: Translated<typeof en> = {
  title: "当前资源用量",
  cpu: "CPU",
  memory: "内存",
  cpuOf: "{{percent}}，共 {{cores}}",
  cores_other: "{{count}} 核",
  memoryOf: "{{used}}，共 {{limit}}",
  uptime: "已运行",
  idle: "距空闲停止还有",
  unknown: "暂无数据",
};
