import { arrowFormat } from './arrow.ts'
import type { Format } from './format.ts'
import { csvFormat, jsonFormat } from './lines.ts'
import { parquetFormat } from './parquet.ts'

const formats: Readonly<Record<string, Format>> = { parquet: parquetFormat, arrow: arrowFormat, jsonl: jsonFormat, csv: csvFormat }

/** Returns how to read and merge files of this extension; null for others, which are left alone. */
export const formatOf = (extension: string): Format | null => (Object.hasOwn(formats, extension) ? (formats[extension] ?? null) : null)
