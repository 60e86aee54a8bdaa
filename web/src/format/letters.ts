/** What a message quotes of somebody's data is read in its own direction, beside words of the other one. */
export const quotesApart = (text: string) => text.replace(/([“«])([^“”«»]+)([”»])/g, '$1\u2068$2\u2069$3')

/** A number with the digits and the decimal point of programs, whatever keyboard wrote it. */
export const latinDigits = (text: string) => text.replace(/[۰-۹٠-٩]/g, (digit) => String((digit.codePointAt(0)! - (digit >= '۰' ? 0x06f0 : 0x0660)) % 10)).replace('٫', '.')

/** Delivered text as it is read in Persian: with its own ye and kaf, whatever keyboard wrote it. What is kept, and what is asked by, stays as delivered. */
export const persianLetters = (text: string) => text.replace(/[يى]/g, 'ی').replace(/ك/g, 'ک')
