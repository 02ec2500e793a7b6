import type { FormInstance } from "antd";
import { asProblem, type ApiProblem } from "@/api/problems";

/**
 * Show a refusal at the form's fields.
 *
 * Returns the problem if some of it belongs to no field and has to be shown above the form.
 *
 * @param aliases - Names that fields have in the form, where they differ from the request's.
 */
export function showAtFields(
  form: FormInstance,
  thrown: unknown,
  aliases: Record<string, string> = {},
): ApiProblem | null {
  const problem = asProblem(thrown);
  const names = new Set(Object.keys(form.getFieldsValue(true) as object));
  let placed = 0;
  for (const { field, message } of problem.fields) {
    const name = aliases[field] ?? field.split(".")[0] ?? field;
    if (!names.has(name) && form.getFieldInstance(name) === undefined) continue;
    form.setFields([{ name, errors: [message] }]);
    placed += 1;
  }
  return placed > 0 && placed === problem.fields.length ? null : problem;
}
