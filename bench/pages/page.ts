/** A part of docs/performance.md, and the pictures that it shows. */
export interface Page {
  /** Between `<!-- marker -->` and `<!-- /marker -->`. */
  readonly marker: string
  readonly lines: readonly string[]
  readonly pictures: readonly { readonly name: string; readonly alt: string; readonly svg: string }[]
}
