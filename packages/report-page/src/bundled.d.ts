/** A file for the browser with all that it imports, as text; `tools/browser-bundle.mjs` makes it. */
declare module '*?bundle' {
  const text: string
  export default text
}
