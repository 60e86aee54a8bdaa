/** Delivered text as it is read in Persian: with its own ye and kaf, whatever keyboard wrote it. What is kept, and what is asked by, stays as delivered. */
export const persianLetters = (text: string) => text.replace(/[يى]/g, 'ی').replace(/ك/g, 'ک')
