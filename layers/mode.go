package layers

import (
	"context"
	"fmt"

	"nsdi/internal/errs"
)

// Modes answers all modes.
func Modes() []Mode { return []Mode{Replace, Append, Upsert, Delete} }

// modeRules hold for deliveries that are not the whole dataset.
func modeRules() []Rule {
	return []Rule{
		{
			"key-published", "E", errs.T("عارضه پیش‌تر منتشر شده است", "The feature is published already"),
			errs.T("عارضه‌ای با کلید «{value}» پیش‌تر منتشر شده و این تحویل فقط افزودنی است. آن را با شیوه «upsert» تحویل دهید.",
				"A feature with the key “{value}” is published already, and this delivery only appends. Deliver it with the mode “upsert”."),
		},
		{
			"key-not-published", "W", errs.T("چنین عارضه‌ای منتشر نشده است", "There is no such published feature"),
			errs.T("عارضه‌ای با کلید «{value}» منتشر نشده است و حذفی لازم نیست.", "No feature with the key “{value}” is published, so there is nothing to remove."),
		},
	}
}

// checkMode finds the rows that the mode of the delivery does not fit.
func (s *staging) checkMode(ctx context.Context, d *dataset) error {
	published := fmt.Sprintf(`select from %s c where c.theme = '%s' and c.dataset_id = %d and c.key = s.key`, ident(s.store.Table), s.theme.Code, d.id)
	switch s.mode {
	case Append:
		return s.exec(ctx, "key-published", `
			select s.ord, $1, null, s.key, null, null
			from `+s.tables.staged+` s
			where s.key is not null
			  and exists (`+published+`)`)
	case Delete:
		return s.exec(ctx, "key-not-published", `
			select s.ord, $1, null, s.key, null, null
			from `+s.tables.staged+` s
			where s.key is not null
			  and not exists (`+published+`)`)
	default:
		return nil
	}
}
