import { delivery, type ThemeSchema } from '../api/delivery'
import { useResource, type Resource } from '../api/resource'
import { text } from '../i18n'
import { attributeNames } from '../i18n/attributes'

/** What a theme's data holds; nothing as long as the theme is not known. */
export const useSchema = (theme: string | undefined): Resource<ThemeSchema> => useResource(theme ?? null, (signal) => delivery.theme(theme!, signal))

/** What an attribute is called in its theme. */
export function fieldName(schema: ThemeSchema | null, field: string): string {
  const name = schema?.attributes.find((one) => one.name === field)?.title ?? attributeNames[field]
  return name ? text(name) : field
}
