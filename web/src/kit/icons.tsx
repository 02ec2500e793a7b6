import {
  CaretRightOutlined,
  CheckCircleFilled,
  CheckOutlined,
  CloseOutlined,
  CopyOutlined,
  DatabaseOutlined,
  DeleteOutlined,
  ExportOutlined,
  FileOutlined,
  FolderOpenOutlined,
  FolderOutlined,
  InboxOutlined,
  LogoutOutlined,
  MoreOutlined,
  PlusOutlined,
  PoweroffOutlined,
  SearchOutlined,
  SettingOutlined,
} from "@ant-design/icons";
import { silent } from "./firstIcons";

export {
  BugIcon,
  CompassIcon,
  DesktopIcon,
  MoonIcon,
  SunIcon,
  TranslationIcon,
} from "./firstIcons";
export const CaretRightIcon = silent(CaretRightOutlined);
export const CheckCircleIcon = silent(CheckCircleFilled);
export const CheckIcon = silent(CheckOutlined);
export const CloseIcon = silent(CloseOutlined);
export const CopyIcon = silent(CopyOutlined);
export const DatabaseIcon = silent(DatabaseOutlined);
export const DeleteIcon = silent(DeleteOutlined);
export const ExportIcon = silent(ExportOutlined);
export const FileIcon = silent(FileOutlined);
export const FolderOpenIcon = silent(FolderOpenOutlined);
export const FolderIcon = silent(FolderOutlined);
export const InboxIcon = silent(InboxOutlined);
export const LogoutIcon = silent(LogoutOutlined);
export const MoreIcon = silent(MoreOutlined);
export const PlusIcon = silent(PlusOutlined);
export const PoweroffIcon = silent(PoweroffOutlined);
export const SearchIcon = silent(SearchOutlined);
export const SettingIcon = silent(SettingOutlined);
