/** The numbers of JSON, as text. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d{1,6})?$/

/**
 * Returns a number's text with exactly `scale` digits behind the point, or null where the text is no number or needs more digits than there are. It never
 * rounds.
 *
 * @example
 * decimalText('1.5e1', 10, 2) // '15.00'
 */
export function decimalText(text: string, precision: number, scale: number): string | null {
  if (!NUMBER.test(text)) return null
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.')
  const digits = (whole + fraction).replace(/^0+/, '')
  if (digits === '') return unscaledText('0', scale)
  const significant = digits.replace(/0+$/, '')
  // The number is `significant` × 10^power.
  const power = Number(exponent) - fraction.length + digits.length - significant.length
  if (power < -scale || significant.length + power > precision - scale) return null
  const unscaled = significant + '0'.repeat(power + scale)
  return (text.startsWith('-') ? '-' : '') + unscaledText(unscaled, scale)
}

/**
 * Returns the text of a whole number of the last place, which has no sign.
 *
 * @example
 * unscaledText('5', 2) // '0.05'
 */
export function unscaledText(digits: string, scale: number): string {
  if (scale === 0) return digits
  const padded = digits.padStart(scale + 1, '0')
  return `${padded.slice(0, -scale)}.${padded.slice(-scale)}`
}
