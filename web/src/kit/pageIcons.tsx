import {
  ArrowLeftOutlined,
  CodeOutlined,
  DownloadOutlined,
  EditOutlined,
  EllipsisOutlined,
  ForkOutlined,
  InfoCircleOutlined,
  ShareAltOutlined,
  UndoOutlined,
} from "@ant-design/icons";
import { silent } from "./firstIcons";

// Icons that the home page does without: those of `icons` come with the first load.
export const ArrowLeftIcon = silent(ArrowLeftOutlined);
export const CodeIcon = silent(CodeOutlined);
export const DownloadIcon = silent(DownloadOutlined);
export const EditIcon = silent(EditOutlined);
export const EllipsisIcon = silent(EllipsisOutlined);
export const ForkIcon = silent(ForkOutlined);
export const InfoIcon = silent(InfoCircleOutlined);
export const ShareIcon = silent(ShareAltOutlined);
export const UndoIcon = silent(UndoOutlined);
