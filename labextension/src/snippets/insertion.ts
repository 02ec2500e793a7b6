import type { JupyterFrontEnd } from "@jupyterlab/application";
import { Notification } from "@jupyterlab/apputils";
import type { IEditorTracker } from "@jupyterlab/fileeditor";
import { type INotebookTracker, type NotebookPanel, NotebookActions } from "@jupyterlab/notebook";
import type { TranslationBundle } from "@jupyterlab/translation";
import { MimeData } from "@lumino/coreutils";
import { Drag } from "@lumino/dragdrop";

const CELLS = "application/vnd.jupyter.cells";
const DRAG_PIXELS = 6;
const MARKDOWN = "markdown";

/** Puts code into the notebook or the file in front. */
export class Insertion {
  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly notebooks: INotebookTracker,
    private readonly editors: IEditorTracker | null,
    private readonly trans: TranslationBundle,
  ) {}

  /** The notebook in front of the main area, if there is one. */
  get notebook(): NotebookPanel | null {
    const panel = this.notebooks.currentWidget;
    return panel && panel === this.app.shell.currentWidget ? panel : null;
  }

  /** As a new cell below the active one, or in the active one if that is empty. */
  asCell(code: string, language: string): void {
    const panel = this.notebook;
    if (!panel) {
      this.asText(code);
      return;
    }
    const notebook = panel.content;
    const active = notebook.activeCell;
    if (active?.model.type !== "code" || active.model.sharedModel.getSource().trim() !== "") {
      NotebookActions.insertBelow(notebook);
    }
    if (language === MARKDOWN) {
      NotebookActions.changeCellType(notebook, MARKDOWN);
    }
    notebook.activeCell?.model.sharedModel.setSource(code);
    this.app.shell.activateById(panel.id);
  }

  /** At the cursor of the cell or the file. */
  asText(code: string): void {
    const panel = this.notebook;
    if (panel?.content.activeCell?.editor) {
      panel.content.activeCell.editor.replaceSelection?.(code);
      this.app.shell.activateById(panel.id);
      panel.content.mode = "edit";
      return;
    }
    const file = this.editors?.currentWidget;
    if (file && file === this.app.shell.currentWidget) {
      file.content.editor.replaceSelection?.(code);
      this.app.shell.activateById(file.id);
      return;
    }
    Notification.info(this.trans.__("Open a notebook first; it is inserted there."), {
      autoClose: 4000,
    });
  }

  /** The code of the selected cells, and their language; null if they are empty. */
  selectedCells(): { code: string; language: string } | null {
    const panel = this.notebook;
    if (!panel) {
      return null;
    }
    const cells = panel.content.widgets.filter((cell) => panel.content.isSelectedOrActive(cell));
    const code = cells
      .map((cell) => cell.model.sharedModel.getSource().replace(/\s+$/, ""))
      .filter(Boolean)
      .join("\n\n");
    if (!code) {
      return null;
    }
    const isText = cells.every((cell) => cell.model.type === MARKDOWN);
    const kernel = panel.content.model?.defaultKernelLanguage;
    return { code, language: isText ? MARKDOWN : (kernel?.toLowerCase() ?? "python") };
  }

  /** Begin to drag when the pointer, pressed on a row, has moved a little. */
  dragLater(press: PointerEvent, code: () => Promise<string>, language: string): void {
    if (press.button !== 0) {
      return;
    }
    const loading = code();
    const end = (): void => {
      document.removeEventListener("pointermove", move);
      document.removeEventListener("pointerup", end);
    };
    const move = (event: PointerEvent): void => {
      const distance = Math.hypot(event.clientX - press.clientX, event.clientY - press.clientY);
      if (distance < DRAG_PIXELS) {
        return;
      }
      end();
      void loading.then((source) => this.drag(event, source, language));
    };
    document.addEventListener("pointermove", move);
    document.addEventListener("pointerup", end);
  }

  private async drag(event: PointerEvent, source: string, language: string): Promise<void> {
    const mimeData = new MimeData();
    const kind = language === MARKDOWN ? { cell_type: MARKDOWN } : codeCell;
    mimeData.setData(CELLS, [{ ...kind, metadata: {}, source }]);
    mimeData.setData("text/plain", source);
    const image = document.createElement("pre");
    image.className = "opsforge-Drag";
    image.textContent = source.slice(0, 200);
    const drag = new Drag({
      mimeData,
      dragImage: image,
      proposedAction: "copy",
      supportedActions: "copy",
    });
    await drag.start(event.clientX, event.clientY);
    drag.dispose();
  }
}

const codeCell = { cell_type: "code", outputs: [], execution_count: null };
