import { App } from "antd";
import { useEffect } from "react";
import { presenterIsHere } from ".";

export function AntPresenter() {
  return (
    <App component={false}>
      <Bridge />
    </App>
  );
}

function Bridge() {
  const { message, modal } = App.useApp();
  useEffect(() => {
    presenterIsHere({ message, modal });
  }, [message, modal]);
  return null;
}
