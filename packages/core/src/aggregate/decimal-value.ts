/** A decimal while it is aggregated. In rows it is text, which sorts otherwise. */
export class DecimalValue {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}
