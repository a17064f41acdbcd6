const encoder = new TextEncoder()
const list = (text: string) => text.trim().split(/[ \n]+/)

// The grammar, the edges of each kind, what rounds and what overflows.
const numbers = [
  ...list('0 -0 -0.0 0e0 1 -1 01 -01 00 +1 .5 1. 1.e3 1e 1e+ 1E5 1e-5 1e400 -1e400 1e-400 --1 - NaN Infinity 0x10 1_000 1n 1.0 5.0 10 3 4 8 -2 2'),
  ...list(
    '2147483647 2147483648 -2147483648 -2147483649 4294967295 4294967296 9007199254740991 9007199254740992 -9007199254740991 -9007199254740992',
  ),
  ...list(
    '9007199254740993 99999999999999999999 0.1 0.30000000000000004 123456789012345.6 0.000001 1.7976931348623157e308 1.7976931348623159e308 5e-324',
  ),
  ...list('2e-324 0.1234567890123456789 999999999999999 9999999999999999 1e15 1e22 1e23 9007199254740.993 900719925474.0993 0.7999999999999999 1.2'),
  `1${'0'.repeat(400)}`,
  `0.${'1'.repeat(2000)}`,
]

const instants = list(`
  2026-11-21T12:00:00Z 2026-11-21T12:00:00z 2026-11-21t12:00:00Z 2026-11-21T12:00:00 2026-11-21T12:00Z 2026-11-21 2026-11-21T24:00:00Z
  2026-11-21T23:60:00Z 2026-11-21T23:59:60Z 2026-02-29T00:00:00Z 2024-02-29T00:00:00Z 2000-02-29T00:00:00Z 1900-02-29T00:00:00Z 2026-04-31T00:00:00Z
  2026-00-10T00:00:00Z 2026-13-10T00:00:00Z 2026-01-00T00:00:00Z 2026-01-32T00:00:00Z 0000-01-01T00:00:00Z 0000-01-01T00:00:00+23:59
  0001-01-01T00:00:00Z 9999-12-31T23:59:59.999-23:59 10000-01-01T00:00:00Z -000001-01-01T00:00:00Z +002026-01-01T00:00:00Z 1969-12-31T23:59:59.999Z
  1969-12-31T23:59:59.9999Z 1969-12-31T23:59:59.0001Z 2026-11-21T12:00:00+14:00 2026-11-21T12:00:00-14:00 2026-11-21T12:00:00+24:00
  2026-11-21T12:00:00+23:60 2026-11-21T12:00:00-00:00 2026-11-21T12:00:00+0100 2026-11-21T12:00:00+01 2026-11-21T12:00:00.Z 2026-11-21T12:00:00,5Z
  2026-11-21T12:00:00.5+01:00 2026-11-21T12:00:00ZZ 2026-11-21T12:00:00.12a4Z 2026-1١-21T12:00:00Z 2026-11-21T12:00:0OZ ٢٠٢٦-11-21T12:00:00Z
  2026-11-21T12:00:00.123 2026/11/21T12:00:00Z 2026-11-21T12-00-00Z 2026-11-21T12:00:00.+ 2026-11-21T12:00:00+01:0 2026-11-21T12:00:00.1234567+05:30
`)

const texts = [
  ...list(
    'a ab abc abc_1 abc_5 abc_6 abcd abcde abcdefg abcdefgh éé éééé €€€ 😱 😱😱 😱😱😱 😱😱😱😱 😱😱😱😱😱 \ufffd ü u\u0308 \u007f \uffff \u{10ffff} throw bad x y one',
  ),
  ...[
    '',
    ' a ',
    '   ',
    '\ufeff',
    '\ufeffabc',
    '\u2028',
    '2026-11-21 12:00:00Z',
    '2026-11-21T12:00:00Z ',
    ' 2026-11-21T12:00:00Z',
    '\ufeff2026-11-21T12:00:00Z',
  ],
  ...list(
    '7d444840-9dc0-41d1-b245-5ffdce74fad2 7D444840-9DC0-41D1-B245-5FFDCE74FAD2 7d444840-9dc0-01d1-b245-5ffdce74fad2 7d444840-9dc0-91d1-b245-5ffdce74fad2',
  ),
  ...list(
    '7d444840-9dc0-41d1-c245-5ffdce74fad2 7d444840-9dc0-41d1-b245-5ffdce74fadg 7d444840-9dc0-41d1-b245-5ffdce74fad` 7d444840-9dc0-41d1-b245-5ffdce74fad@',
  ),
  ...list(
    '7d444840-9dc0-41d1-b245-5ffdce74fad/ 7d444840-9dc0-41d1-b245-5ffdce74fad: 7d444840_9dc0-41d1-b245-5ffdce74fad2 7d444840-9dc0-41d1-b245-5ffdce74faé',
  ),
  ...list(
    '00000000-0000-0000-0000-000000000000 ffffffff-ffff-ffff-ffff-ffffffffffff FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF 7d4448409dc041d1b2455ffdce74fad2',
  ),
  ...list('CLIENT_1234 CLIENT_0234 CLIENT_12345 CLIENT_123 client_1234 CLIENT_١٢٣٤ CLIENT_999: CLIENT_999/ billing Billing billin billings high'),
  ...list('FR-07x_1 FR-07x-1 fr-07x_1 F[-07x_1 FR-07@_1 abba aaaa https://example.com http:example.com a@b.co a@b 2026-11 2026-13'),
  ...[' https://example.com/\t', '7d444840-9dc0-41d1-b245-5ffdce74fad2 ', 'CLIENT_1234\n'],
]

const strings = [
  ...String.raw`"\n" "\u0041" "\u00e9" "\u20ac" "\ud83d\ude31" "\ud83d" "\ude31" "\ude31\ud83d" "\ud83dx" "x\udc00" "\ud83d\u0041" "\ud83d\ud83d\ude31" "\uD83D\uDE31\ud800\udc00\udbff\udfff" "\ud83d\n" "\ud83d\ude3" "\ud83d\xde31" "0123456789\ud83d\ude31" "\u0000" "\" "\x41" "\u12" "\u12g4" "\U0041"`.split(
    ' ',
  ),
  ...String.raw`"\/\b\f\n\r\t\\\"" "tab\t" "a\"b" 'a' " "abc abc" "\u0062illing" "billing\u0000" "CLIENT_1234\n" "\u007f\u0080\u07ff\u0800\uffff" "\uD7FF\uE000"`.split(
    ' ',
  ),
  ...['"a\tb"', '"a\nb"', '"a\u0000b"', '"a\u001fb"', '"tab\t"', '"abc\u001fdefgh"', '"a" "b"', '"7d444840-9dc0-41d1-b245-5ffdce74fad2\t"'],
]

/** JSON texts of single values, good and bad, to stand for any field's value. */
export const values: readonly string[] = [
  ...numbers,
  ...list('true false null True tru truee nul nulll undefined TRUE falsey [] {} [1] {"a":1} [ { ] } "a":1 1, ,1 /**/1'),
  ...[...instants, ...texts].map((text) => JSON.stringify(text)),
  ...Array.from({ length: 12 }, (_, i) => `"2026-11-21T12:00:00.${'987654321987'.slice(0, i + 1)}Z"`),
  ...strings,
  ...['', ' ', `${'['.repeat(3000)}${']'.repeat(3000)}`],
]

/** Members to be put into an object: unknown keys, repeated and escaped ones, with every kind of value. */
export const members: readonly string[] = [
  ...list(
    '"extra":1 "extra":"x" "extra":null "extra":{} "extra":[] "extra":{"a":{"b":{}}} "extra":[1,] "extra":{"a":1,} "extra":{a:1} "extra":{"a"}',
  ),
  ...list(
    '"extra":{"a":} "extra":[,1] "extra":tru "extra":01 "extra":1e "extra":1e+ "extra":1. "extra":[1e] "extra":1e5 "extra":-1.5E+3 "extra":1e999 "extra":- "extra": "extra" extra:1 \'extra\':1 "":1 "":"" "__proto__":1',
  ),
  ...list(
    '"__proto__":{"at":1} "__proto__":null "constructor":1 "toString":1 "at":"2026-11-21T12:00:00Z" "at":1 "extra":1,"extra":2 "priority":"low"',
  ),
  ...list('"request":"again" "n":5 "ok":false "a"b":"y" "\ufeff":1 "extra":"\ufeff" "extra":{"a":1} "extra":[1] "extra":[1}'),
  ...String.raw`"extra":[1,{"a":[true,"\u0041\n"]}] "extra":"\ud83d" "extra":"\x" "extra":"\u00g0" "extra":"\u00" "extra":"\" "ex\u0074ra":1`.split(
    ' ',
  ),
  ...String.raw`"\u0061t":"2026-11-21T12:00:00Z" "a\"b":"y" "extra":{"\x":1} "extra":{"\ud83d":1}`.split(' '),
  ...[
    '"extra":"\t"',
    '"a\tb":1',
    '"extra" 1',
    '"extra" : [ 1 , 2 ] ',
    '"extra":{ "a" : 1 , "b" : { } }',
    '"extra":[ ]',
    '"extra":{"a\tb":1}',
    '"extra":"\u001f"',
  ],
  ...['[]', '{}'].map(([open, close]) => `"extra":${(open === '[' ? '[' : '{"a":').repeat(40)}1${close?.repeat(40)}`),
  `"extra":${'['.repeat(5000)}`,
  `"extra":"${'x'.repeat(3000)}"`,
  `"extra":1${'0'.repeat(3000)}`,
]

const sequences = `80 bf c0af c1bf c2 c241 c3a9 e080af e09fbf e0a080 e282 e282ac ed9fbf eda080 edbfbf ee8080 efbbbf efbfbf
  f0808080 f08fbfbf f0908080 f09f98 f48fbfbf f4908080 f5808080 f888808080 fe ff 00 1f 7f 22 5c`

/** Bytes that are no UTF-8, or no character: to be put into strings and keys. */
export const rawBytes: readonly Uint8Array[] = list(sequences).map((hex) =>
  Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)),
)

/** Whole invalid messages of any schema, or barely one. */
export const messages: readonly (Uint8Array | null)[] = [
  null,
  ...[
    ...list('{ } {} [] null 1 "x" {,} {"a" {"a": {"a":1 {"a":1, {"at"} {"at":} {}{} \ufeff{} {}\u0000 \u0000 [[[[ {"at":"2026-11-21T12:00:00Z",}'),
    ...['', ' ', '{ }', '{} x', '{}\u00a0', '{}\u2028', '{\f}', '{\v}', '['.repeat(100_000), '{"a":'.repeat(20_000)],
  ].map((text) => encoder.encode(text)),
]
