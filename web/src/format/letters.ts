/** What a message quotes of somebody's data is read in its own direction, beside words of the other one. */
export const quotesApart = (text: string) => text.replace(/([“«])([^“”«»]+)([”»])/g, '$1\u2068$2\u2069$3')

/** Delivered text as it is read in Persian: with its own ye and kaf, whatever keyboard wrote it. What is kept, and what is asked by, stays as delivered. */
export const persianLetters = (text: string) => text.replace(/[يى]/g, 'ی').replace(/ك/g, 'ک')
