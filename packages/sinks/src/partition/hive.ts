/** What Hive, Spark and all who read their folders take for NULL. */
export const NULL_PARTITION = '__HIVE_DEFAULT_PARTITION__'

// Exactly the characters of Hive's FileUtils.escapePathName.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are among them
const ESCAPED = /[\u0000-\u001f"#%'*/:=?\\\u007f{[\]^]/g

/** DuckDB takes the word NULL in a path for null; with its first letter escaped it is the text that it is, for all readers. */
const READ_AS_NULL = /^null$/i

const code = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`

const escaped = (text: string): string => text.replace(ESCAPED, code)

const valueText = (value: string): string => (READ_AS_NULL.test(value) ? code(value) + value.slice(1) : escaped(value))

// Only what Hive escapes is decoded: a byte at a time, so that UTF-8 beside it stays as it is.
const unescaped = (text: string): string => text.replace(/%([0-7][0-9A-Fa-f])/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

/**
 * Returns the folder for one partition column: `name=value`, escaped as Hive does. Null and the empty text are both `__HIVE_DEFAULT_PARTITION__`, unless
 * a table tells them apart: then the empty text is `name=`.
 */
export function partitionSegment(name: string, value: string | null, tellsEmpty = false): string {
  if (tellsEmpty && value === '') return `${escaped(name)}=`
  // Only a text that is not null and has this very name needs it.
  if (tellsEmpty && value === NULL_PARTITION) return `${escaped(name)}=${code(value) + value.slice(1)}`
  return `${escaped(name)}=${value === null || value === '' ? NULL_PARTITION : valueText(value)}`
}

/**
 * Returns the folder of a partition, relative to the dataset: its columns in order, with `/` between them.
 *
 * @example
 * partitionFolder([['request_type', 'a/b'], ['year', '2026'], ['day', null]]) // 'request_type=a%2Fb/year=2026/day=__HIVE_DEFAULT_PARTITION__'
 */
export function partitionFolder(values: readonly (readonly [name: string, value: string | null])[]): string {
  return values.map(([name, value]) => partitionSegment(name, value)).join('/')
}

/**
 * Returns the names and values in a folder that `partitionFolder` made; null if a part of the path is not `name=value`. An empty value is `empty`.
 *
 * @example
 * parsePartitionFolder('request_type=a%2Fb/year=2026') // [['request_type', 'a/b'], ['year', '2026']]
 */
export function parsePartitionFolder(folder: string, empty: string | null = null): [name: string, value: string | null][] | null {
  const values: [string, string | null][] = []
  for (const segment of folder === '' ? [] : folder.split('/')) {
    const at = segment.indexOf('=')
    if (at < 1) return null
    const value = segment.slice(at + 1)
    values.push([unescaped(segment.slice(0, at)), value === NULL_PARTITION ? null : value === '' ? empty : unescaped(value)])
  }
  return values
}
