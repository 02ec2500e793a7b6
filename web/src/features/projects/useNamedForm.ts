import { Form } from "antd";
import { useState } from "react";
import { asProblem } from "@/api/problems";
import { showAtFields } from "@/kit/formProblem";

/** The names that a form of ours gives; others of a refusal belong to data sets. */
const nameCodes = new Set(["projects.name_taken", "projects.public_name_taken"]);

/** A form, mostly with a name in it: a taken one comes back with a proposal of a free one. */
export function useNamedForm<Fields extends { name?: string }>(
  action: (fields: Fields) => Promise<void>,
) {
  const [form] = Form.useForm<Fields>();
  const [error, setError] = useState<unknown>(null);
  const [proposal, setProposal] = useState<string>();
  const [isSending, setSending] = useState(false);

  const submit = async (fields: Fields) => {
    setSending(true);
    setProposal(undefined);
    setError(null);
    try {
      await action(fields.name === undefined ? fields : { ...fields, name: fields.name.trim() });
    } catch (thrown) {
      const problem = asProblem(thrown);
      const isOfName = nameCodes.has(problem.code);
      if (isOfName) setProposal(problem.proposal);
      const isElsewhere = problem.proposal !== undefined && !isOfName;
      setError(isElsewhere ? problem : showAtFields(form, thrown));
    } finally {
      setSending(false);
    }
  };
  const accept = (name: string) => {
    form.setFieldValue("name" as never, name);
    setProposal(undefined);
    void form.validateFields(["name" as never]);
  };
  return { form, error, proposal, isSending, submit, accept };
}
