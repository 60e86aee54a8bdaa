const made = new Map<string, unknown>()

/** A format of the browser's, made when it is first used and kept: making one takes a hundred times as long as using it, and a phone makes none that its page does not need. */
export function intl<Options, Format>(Kind: new (locale: string, options: Options) => Format, locale: string, options: Options): Format {
  const key = `${Kind.name} ${locale} ${JSON.stringify(options)}`
  let format = made.get(key) as Format | undefined
  if (!format) made.set(key, format = new Kind(locale, options))
  return format
}
