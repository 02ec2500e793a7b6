/** Put a text on the clipboard, also where the page came over plain HTTP. */
export async function copyToClipboard(text: string): Promise<void> {
  // Browsers offer the clipboard to pages of HTTPS and of this machine only.
  if (window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const focused = document.activeElement;
  const box = document.createElement("textarea");
  box.value = text;
  box.className = "visually-hidden";
  document.body.append(box);
  box.select();
  // The way of before, which every browser still knows.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  document.execCommand("copy");
  box.remove();
  if (focused instanceof HTMLElement) focused.focus();
}
