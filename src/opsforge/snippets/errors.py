"""What the snippets room refuses."""

from http import HTTPStatus

from opsforge.kit.problems import Problem


class TitleTaken(Problem):
    """The folder has a node with this title already."""

    status = HTTPStatus.CONFLICT
    code = "snippets.title_taken"
    at = "title"
    en = "This folder already has “{name}”. “{proposal}” is free."
    zh = "该文件夹中已有“{name}”，可以改用“{proposal}”。"
    name: str
    proposal: str


class VersionConflict(Problem):
    """Somebody (the same user in another tab, mostly) changed the node in the meantime."""

    status = HTTPStatus.CONFLICT
    code = "snippets.version_conflict"
    at = "version"
    en = (
        "“{name}” was changed in the meantime: it is at version {current_version} now. Load it "
        "again and repeat your change."
    )
    zh = "“{name}”已被修改，当前版本为 {current_version}。请重新加载后再修改。"
    name: str
    current_version: int


class NotAFolder(Problem):
    """Only folders are parent nodes."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "snippets.not_a_folder"
    at = "parent_id"
    en = "“{name}” is a snippet. Choose a folder to put things in."
    zh = "“{name}”是代码片段，请选择一个文件夹作为父节点。"
    name: str


class FolderHasNoCode(Problem):
    """A folder has a title and a description only."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "snippets.folder_has_no_code"
    en = (
        "“{name}” is a folder: it has a title and a description, but no language, tags or code. "
        "Leave these out."
    )
    zh = "“{name}”是文件夹，只有标题和描述，没有语言、标签和代码，请去掉这些字段。"
    name: str


class CycleRefused(Problem):
    """A folder can't be moved into itself or below itself."""

    status = HTTPStatus.CONFLICT
    code = "snippets.cycle"
    at = "parent_id"
    en = "“{name}” can't be moved into itself or into a folder below it. Choose another folder."
    zh = "不能将“{name}”移动到它自身或其下级文件夹中，请选择其他文件夹。"
    name: str


class NotASibling(Problem):
    """The node before which another is to stand is not in that folder (any more)."""

    status = HTTPStatus.CONFLICT
    code = "snippets.not_a_sibling"
    at = "before_id"
    en = "The item to stand before is not in this folder any more. Load the folder again."
    zh = "目标位置的条目已不在该文件夹中，请重新加载该文件夹。"


class TooDeep(Problem):
    """Folders would nest deeper than the settings allow."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "snippets.too_deep"
    at = "parent_id"
    en = "Folders nest at most {max_depth} levels deep. Choose a folder further up."
    zh = "文件夹最多嵌套 {max_depth} 层，请选择更上层的文件夹。"
    max_depth: int


class TooMany(Problem):
    """The tree would have more nodes than the settings allow."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "snippets.too_many"
    en = (
        "That would make {count_after} folders and snippets, and {max_count} are allowed. Delete "
        "some first, or import less."
    )
    zh = (
        "操作后将有 {count_after} 个文件夹和代码片段，最多允许 {max_count} 个。"
        "请先删除一些，或减少导入的内容。"
    )
    count_after: int
    max_count: int


class CodeTooLarge(Problem):
    """A snippet's code is longer than the settings allow."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "snippets.code_too_large"
    at = "code"
    en = (
        "The code of “{name}” has {size_bytes} bytes, and {max_bytes} are allowed. Shorten it or "
        "keep it as a file in a project."
    )
    zh = (
        "“{name}”的代码为 {size_bytes} 字节，最多允许 {max_bytes} 字节。"
        "请缩短代码，或将其作为文件保存在项目中。"
    )
    name: str
    size_bytes: int
    max_bytes: int


class ImportTooLarge(Problem):
    """The files to import are larger than the settings allow."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "snippets.import_too_large"
    at = "files"
    en = (
        "The files of one import have at most {max_bytes} bytes together. Clear a notebook's "
        "outputs, or import in parts."
    )
    zh = "一次导入的文件合计最多 {max_bytes} 字节。请清除笔记本的输出，或分批导入。"
    max_bytes: int


class ImportUnreadable(Problem):
    """A file is in no format that we know."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "snippets.import_unreadable"
    at = "files"
    en = (
        "“{file}” is neither a notebook (nbformat 4) nor Elyra code-snippet JSON. Nothing was "
        "imported. Choose another file."
    )
    zh = (
        "“{file}”既不是笔记本（nbformat 4），也不是 Elyra 代码片段 JSON。"
        "未导入任何内容，请选择其他文件。"
    )
    file: str


class ImportItemInvalid(Problem):
    """One item of a file does not fit."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "snippets.import_item_invalid"
    at = "files"
    en = (
        "In “{file}”, the {item_field} of item {item_number} can't be accepted. Nothing was "
        "imported; correct it and import again."
    )
    zh = "“{file}”中第 {item_number} 项的 {item_field} 无法接受。未导入任何内容，请修改后重新导入。"
    file: str
    item_number: int
    item_field: str


class ImportEmpty(Problem):
    """There is no snippet in the files."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "snippets.import_empty"
    at = "files"
    en = "There is no code in these files: nothing to import. Choose others."
    zh = "这些文件中没有代码，无可导入的内容，请选择其他文件。"
