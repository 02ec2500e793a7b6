import type { Translated } from "@/i18n/catalogue";
import type { auth as en } from "@/i18n/en/auth";

export const auth: Translated<typeof en> = {
  signIn: {
    title: "登录",
    lead: "面向运维工程师的笔记本、项目与数据集平台。",
    username: "用户名",
    password: "密码",
    submit: "登录",
    noAccount: "还没有账号？请联系本平台的管理员创建。",
    expired: "会话已结束。重新登录后将回到原来的页面。",
    usernameMissing: "请输入用户名。",
    passwordMissing: "请输入密码。",
  },
  busy: {
    title: "仍有计算任务正在运行",
    titleSilent: "可能仍有计算任务正在运行",
    silent: "您的服务暂时没有响应，可能仍有内核处于忙碌状态。",
    lead_other: "您的服务中有 {{count}} 个内核处于忙碌状态：",
    question: "退出登录会停止您的服务。已保存的内容会保留，内核内存中的数据将丢失。",
    keep: "退出登录，空闲后停止",
    stop: "立即停止并退出登录",
    untitled: "未关联笔记本的内核",
  },
};
