// Where a plan has what in the memory of the kernel. The kernel and src/schema/kernel/plan-block.ts, which writes the plan, both import this file: byte
// offsets from the address of a block, of 32-bit numbers where nothing else is said. An address of 0 means that there is none.

/** How the value of a field is read. */
export const KIND = 0
/** Address of the literal `"name":`, and its length. */
export const KEY = 4
export const KEY_LENGTH = 8
/** Addresses of the column: its values, its offsets, and which rows have a value. */
export const VALUES = 12
export const OFFSETS = 16
export const VALID = 20
/** 1 where the value may be null. */
export const NULLABLE = 24
/** 1 where the key may be absent. */
export const MAY_MISS = 28
/** The number of the object in which the field was seen last, of 64 bits. */
export const SEEN = 32
/** From here on the rule. */
export const RULE = 40
export const FIELD_BYTES = 80

/** Of a text: the fewest and the most characters, the first fixed form, and the number of its patterns, -1 where it has none. */
export const MIN_LENGTH = 40
export const MAX_LENGTH = 44
export const SEQUENCE = 48
export const PATTERNS = 52
/** Of a number, four doubles: the least and the greatest value, and bounds which it does not reach. Then 1 where it is an integer. */
export const MIN = 40
export const MAX = 48
export const ABOVE = 56
export const BELOW = 64
export const INTEGER = 72
/** Of an instant: 1 where digits finer than a millisecond are cut. Of epoch time: one of the units below. */
export const CUTS = 40
export const UNIT = 40
/** Of a decimal: its digits, those behind the point, and its number. */
export const PRECISION = 40
export const SCALE = 44
export const DECIMAL = 48
/** Of an enum: address of the names. */
export const MEMBERS = 40
/** Of an object: address of its plan. */
export const PLAN = 40
/** Of a list: address of the field of its elements, the fewest and the most elements of a row, and how many all rows have room for. */
export const ELEMENT = 40
export const MIN_ELEMENTS = 44
export const MAX_ELEMENTS = 48
export const ROOM = 52

// Kinds of fields, by the layout of their columns.
export const TEXT = 0
export const DOUBLE = 1
export const INT32 = 2
export const INT64 = 3
export const INSTANT = 4
export const EPOCH = 5
export const DATE = 6
export const DECIMAL_128 = 7
export const ENUM_8 = 8
export const ENUM_16 = 9
export const ENUM_32 = 10
export const BOOLEAN = 11
export const OBJECT = 12
export const LIST = 13

// Units of epoch time.
export const SECONDS = 0
export const MILLISECONDS = 1
export const MICROSECONDS = 2

/** Of the plan of an object: its fields, how many, their names, 1 where unknown keys make a message odd, and, of 64 bits, how many objects were begun. */
export const FIELDS = 0
export const COUNT = 4
export const NAMES = 8
export const STRICT = 12
export const BEGUN = 16
export const PLAN_BYTES = 24

/** Of names: address of the slots (codes or -1), slots less one, the names in their order, how many, and the length of the longest. */
export const SLOTS = 0
export const MASK = 4
export const LITERALS = 8
export const LITERAL_COUNT = 12
export const LONGEST = 16
export const NAMES_BYTES = 20
/** Of each name: `"name"` as a literal, its length (0: it is never found), and its text. */
export const LITERAL = 0
export const LITERAL_LENGTH = 4
export const LITERAL_TEXT = 8
export const LITERAL_BYTES = 12
export const UNUSED = 0

/** Of a fixed form: its length, how many blocks of 16 bytes, how many ranges each position has, where each block begins, its table, and the next form. */
export const LENGTH = 0
export const BLOCKS = 4
export const RANGES = 8
export const STARTS = 12
export const TABLE = 16
export const NEXT = 20
export const SEQUENCE_BYTES = 24
