import { LabIcon } from "@jupyterlab/ui-components";

/** Icons are drawn as JupyterLab's own are, so that its themes colour them. */
function icon(name: string, paths: string): LabIcon {
  const svgstr =
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">' +
    `<g class="jp-icon3" fill="#616161">${paths}</g></svg>`;
  return new LabIcon({ name: `opsforge:${name}`, svgstr });
}

export const snippetsIcon = icon(
  "snippets",
  '<path d="M9.4 16.6 4.8 12l4.6-4.6L8 6l-6 6 6 6zm5.2 0 4.6-4.6-4.6-4.6L16 6l6 6-6 6z"/>',
);
export const datasetsIcon = icon(
  "datasets",
  '<path d="M12 3C7.6 3 4 4.3 4 6v12c0 1.700 3.600 3 8 3s8-1.300 8-3V6c0-1.700-3.600-3-8-3zm6 15c0 ' +
    ".500-2.100 1.300-6 1.300S6 18.500 6 18v-2.300c1.500.600 3.600 1 6 1s4.500-.400 6-1zm0-5c0 " +
    ".500-2.100 1.300-6 1.300S6 13.500 6 13v-2.300c1.500.600 3.600 1 6 1s4.500-.400 6-1zm-6-4.300C8.100 " +
    '8.700 6 7.900 6 7.400V6c0-.300 2.100-1.300 6-1.300s6 1 6 1.300v1.400c0 .500-2.100 1.300-6 1.300z"/>',
);
export const projectIcon = icon(
  "project",
  '<path d="M20 6h-4V4c0-1.100-.900-2-2-2h-4c-1.100 0-2 .900-2 2v2H4c-1.100 0-2 .900-2 2v11c0 1.100.900 2 ' +
    '2 2h16c1.100 0 2-.900 2-2V8c0-1.100-.900-2-2-2zM10 4h4v2h-4zm10 15H4v-5h6v2h4v-2h6zm0-7H4V8h16z"/>',
);
export const moveIcon = icon(
  "move",
  '<path d="M20 6h-8l-2-2H4c-1.100 0-2 .900-2 2v12c0 1.100.900 2 2 2h16c1.100 0 2-.900 2-2V8c0-1.100-.900-2-2-2z' +
    'm-6 12v-3h-4v-4h4V8l5 5z"/>',
);
export const linkToIcon = icon(
  "link",
  '<path d="M3.900 12c0-1.700 1.400-3.100 3.100-3.100h4V7H7a5 5 0 0 0 0 10h4v-1.900H7A3.100 3.100 0 0 1 3.900 ' +
    '12zM8 13h8v-2H8zm9-6h-4v1.900h4a3.100 3.100 0 0 1 0 6.200h-4V17h4a5 5 0 0 0 0-10z"/>',
);
