import type { Report } from '../api/delivery'

/** Whether the server wants a delivery's removals confirmed by name: they are more than the theme's share (0 to 1) of what is published of the dataset. */
export function massive(report: Pick<Report, 'features_altered' | 'features_removed' | 'features_unchanged' | 'features_kept'>, share: number): boolean {
  const before = report.features_unchanged + report.features_altered + report.features_removed + report.features_kept
  return report.features_removed > share * before
}
