import { Dialog, showDialog, showErrorMessage } from "@jupyterlab/apputils";
import { Widget } from "@lumino/widgets";

export interface Field {
  name: string;
  label: string;
  value: string;
  kind?: "line" | "text" | "code" | "choice";
  choices?: { value: string; label: string }[];
  maxLength?: number;
}

export type Values = Record<string, string>;

/** The fields of a dialog. */
class FormBody extends Widget implements Dialog.IBodyWidget<Values> {
  private readonly inputs = new Map<
    string,
    HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement
  >();

  constructor(fields: readonly Field[]) {
    super();
    this.addClass("opsforge-Form");
    for (const field of fields) {
      const input = inputOf(field);
      const label = document.createElement("label");
      label.textContent = field.label;
      label.append(input);
      this.inputs.set(field.name, input);
      this.node.append(label);
    }
  }

  getValue(): Values {
    return Object.fromEntries([...this.inputs].map(([name, input]) => [name, input.value]));
  }
}

function inputOf(field: Field): HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement {
  if (field.kind === "choice") {
    const select = document.createElement("select");
    select.className = "jp-mod-styled";
    for (const choice of field.choices ?? []) {
      select.add(new Option(choice.label, choice.value, false, choice.value === field.value));
    }
    return select;
  }
  const input =
    field.kind === "text" || field.kind === "code"
      ? document.createElement("textarea")
      : document.createElement("input");
  input.className = `jp-mod-styled${field.kind === "code" ? " opsforge-Form-code" : ""}`;
  input.value = field.value;
  if (field.maxLength !== undefined) {
    input.maxLength = field.maxLength;
  }
  input.spellcheck = field.kind !== "code";
  if (input instanceof HTMLTextAreaElement) {
    input.rows = field.kind === "code" ? 8 : 2;
  }
  return input;
}

interface Question {
  title: string;
  fields: readonly Field[];
  accept: string;
  cancel: string;
  /** Title over a refusal. */
  failed: string;
}

/**
 * Ask until `save` has done it or the user gives up; a refusal keeps what was typed.
 *
 * Returns whether it was done.
 */
export async function askAndSave(
  question: Question,
  save: (values: Values) => Promise<void>,
): Promise<boolean> {
  let fields = question.fields;
  for (;;) {
    const answer = await showDialog<Values>({
      title: question.title,
      body: new FormBody(fields),
      focusNodeSelector: "input, select, textarea",
      buttons: [
        Dialog.cancelButton({ label: question.cancel }),
        Dialog.okButton({ label: question.accept }),
      ],
    });
    const values = answer.value;
    if (!answer.button.accept || !values) {
      return false;
    }
    try {
      await save(values);
      return true;
    } catch (error) {
      await showErrorMessage(question.failed, error instanceof Error ? error.message : "");
      fields = fields.map((field) => ({ ...field, value: values[field.name] ?? "" }));
    }
  }
}
