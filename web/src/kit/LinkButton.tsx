import { Button, type ButtonProps } from "antd";
import { useHref, useLinkClickHandler } from "react-router";

interface Props extends Pick<ButtonProps, "type" | "icon" | "size" | "className" | "children"> {
  to: string;
}

/** A link to another page that looks like a button. */
export function LinkButton({ to, ...button }: Props) {
  const href = useHref(to);
  const onClick = useLinkClickHandler<HTMLElement>(to);
  return (
    <Button
      {...button}
      href={href}
      onClick={(event) => {
        onClick(event);
      }}
    />
  );
}
