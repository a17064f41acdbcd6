// What the kernel leaves to JavaScript, value by value: the text lies from `at` to `end`.

/** Returns the number as JSON.parse reads it. */
export declare function parseNumber(at: usize, end: usize): f64
/** Returns whether a text matches all patterns of a field. */
export declare function matchesPatterns(patterns: u32, at: usize, end: usize): bool
/** Writes a decimal of 128 bits; returns false where the column cannot hold it. */
export declare function putDecimal(decimal: u32, at: usize, end: usize, target: usize): bool
