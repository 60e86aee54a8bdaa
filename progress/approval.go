package progress

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
	"nsdi/internal/pg"
)

// NewApproval is a decision that a published version of a layer is what 100 per cent is measured by.
type NewApproval struct {
	Dataset   int64  `json:"dataset" minimum:"1"`
	Version   int    `json:"version" minimum:"1" doc:"The newest, which the figures are measured by"`
	Decision  string `json:"decision" minLength:"1" maxLength:"80" doc:"Number of the decision"`
	DecidedOn string `json:"decided_on" format:"date"`
	Body      Text   `json:"body" doc:"Who decided"`
}

// DenominatorLayer is a dataset that figures are measured by, in its newest version.
type DenominatorLayer struct {
	Theme       string    `json:"theme"`
	Title       Text      `json:"title"`
	Dataset     int64     `json:"dataset"`
	Agency      Agency    `json:"agency"`
	Territory   *Unit     `json:"territory" doc:"What the dataset covers; null: the agency's whole territory"`
	Version     int       `json:"version"`
	PublishedAt time.Time `json:"published_at"`
	Features    int       `json:"features"`
	Obligations []string  `json:"obligations" doc:"That are measured by it"`
	Approved    bool      `json:"approved" doc:"False: figures by it are provisional"`
	Decision    *string   `json:"decision" doc:"Number of the decision that approved this version"`
	DecidedOn   *string   `json:"decided_on" format:"date"`
	Body        *Text     `json:"body"`
}

// groundTheme is the theme of the layer that a kind of ground is cut by.
func groundTheme(kind string) string {
	g := groundOf(kind)
	return g.theme + g.outside // one of them
}

// measuredBy lists the obligations that are measured by a theme.
func measuredBy(theme string) (codes []string) {
	for _, r := range rules() {
		if slices.Contains(r.denominators(), theme) {
			codes = append(codes, r.obligation)
		}
	}
	for _, c := range []count{expectedAddresses(), expectedPlates()} {
		if theme == c.theme {
			codes = append(codes, c.obligation)
		}
	}
	if theme == dutyTheme {
		codes = append(codes, municipalLayers)
	}
	return codes
}

// DenominatorLayers lists them.
func (s *Service) DenominatorLayers(ctx context.Context) ([]DenominatorLayer, error) {
	var list []DenominatorLayer
	err := pg.InScope(ctx, s.Pool, pg.Public, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) (err error) {
		list, err = denominatorLayers(ctx, tx, "")
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing denominator layers: %w", err)
	}
	return list, nil
}

// newest is the SQL of datasets d with their theme t, agency a and newest version v, where that has features.
const newest = `layers.dataset d
		join layers.theme t on t.code = d.theme
		join access.agency a on a.id = d.agency_id
		join lateral (
			select seq, published_at, features
			from progress.seen_version v
			where v.dataset_id = d.id
			order by v.seq desc
			limit 1
		) v on v.features > 0
		left join layers.admin_unit u on u.code = d.territory`

// territory is the SQL of the unit that such a dataset covers, as a Unit; null for the agency's whole territory.
const territory = `case when u.code is not null then jsonb_build_object('code', u.code, 'level', u.level, 'name_fa', u.name_fa, 'name_en', u.name_en) end`

// denominatorLayers reads those of a theme, or of all.
func denominatorLayers(ctx context.Context, tx pgx.Tx, theme string) ([]DenominatorLayer, error) {
	themes := []string{theme}
	if theme == "" {
		themes = []string{expectedAddresses().theme, expectedPlates().theme, dutyTheme}
		for _, r := range rules() {
			themes = append(themes, r.denominators()...)
		}
	}
	rows, err := tx.Query(ctx, `
		select t.code, t.title_fa, t.title_en, d.id, a.code, a.name_fa, a.name_en, `+territory+`, v.seq, v.published_at, v.features, p.decision, p.decided_on::text, p.body_fa, p.body_en
		from `+newest+`
		left join progress.approval p on p.dataset_id = d.id and p.version = v.seq
		where d.theme = any ($1)
		order by d.theme, d.id`, themes)
	if err != nil {
		return nil, fmt.Errorf("reading denominator layers: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (l DenominatorLayer, err error) {
		var fa, en *string
		err = row.Scan(&l.Theme, &l.Title.FA, &l.Title.EN, &l.Dataset, &l.Agency.Code, &l.Agency.NameFA, &l.Agency.NameEN, &l.Territory, &l.Version, &l.PublishedAt, &l.Features,
			&l.Decision, &l.DecidedOn, &fa, &en)
		l.Body, l.Approved, l.Obligations = bilingual(fa, en), l.Decision != nil, measuredBy(l.Theme)
		return l, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading denominator layers: %w", err)
	}
	return list, nil
}

// by says in a figure which versions it is measured by, and who approved them; nobody, unless all are.
func (f *figure) by(list []DenominatorLayer) {
	var who []string
	for _, l := range list {
		f.sources = append(f.sources, source{Theme: l.Theme, Dataset: l.Dataset, Version: l.Version, Approved: l.Approved})
		if l.Approved {
			if by := l.Body.FA + " " + *l.Decision; !slices.Contains(who, by) {
				who = append(who, by)
			}
		}
	}
	if !f.provisional() {
		f.approvedBy = strings.Join(who, "؛ ")
	}
}

// provisional reports whether a layer is in the denominator that nobody approved in this version.
func (f *figure) provisional() bool {
	return slices.ContainsFunc(f.sources, func(s source) bool { return s.Theme != "" && !s.Approved })
}

// Approve keeps a decision, and has the figures say so, within a transaction that records who did it.
func Approve(ctx context.Context, tx pgx.Tx, n NewApproval, today time.Time) (*DenominatorLayer, error) {
	for at, text := range map[string]string{"body.decision": n.Decision, "body.body.fa": n.Body.FA, "body.body.en": n.Body.EN} {
		if strings.TrimSpace(text) == "" || len(text) > 1000 || strings.ContainsRune(text, 0) {
			return nil, approvalWrong(at, text, errs.T("شماره تصمیم و نام مرجع به دو زبان لازم است.", "The number of the decision and the body, in both languages, are needed."))
		}
	}
	decided, err := time.Parse(time.DateOnly, n.DecidedOn)
	if err != nil || decided.After(dayOf(today)) || decided.Before(deadline(0)) {
		return nil, approvalWrong("body.decided_on", n.DecidedOn, errs.T("روز تصمیم باید میان ابلاغ مصوبه و امروز باشد.", "The day of the decision has to be between the notification of the resolution and today."))
	}
	if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock($1)`, int64(planLock)); err != nil {
		return nil, fmt.Errorf("approving a denominator: %w", err)
	}
	all, err := denominatorLayers(ctx, tx, "")
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(l DenominatorLayer) bool { return l.Dataset == n.Dataset })
	switch {
	case i < 0:
		return nil, approvalWrong("body.dataset", fmt.Sprint(n.Dataset), errs.T("رقمی با این مجموعه‌داده سنجیده نمی‌شود؛ فهرست در ‎/v1/progress/denominators/layers است.", "No figure is measured by this dataset; the list is at /v1/progress/denominators/layers."))
	case all[i].Version != n.Version:
		return nil, approvalWrong("body.version", fmt.Sprint(n.Version), errs.Tf("نسخه کنونی %d است.", "The present version is %d.", all[i].Version))
	case all[i].Approved:
		return nil, approvalWrong("body.version", fmt.Sprint(n.Version), errs.T("این نسخه پیش‌تر تصویب شده است.", "This version was approved before."))
	}
	if _, err := tx.Exec(ctx, `
		insert into progress.approval (dataset_id, version, decision, decided_on, body_fa, body_en)
		values ($1, $2, $3, $4, $5, $6)`, n.Dataset, n.Version, n.Decision, decided, n.Body.FA, n.Body.EN); err != nil {
		return nil, fmt.Errorf("approving a denominator: %w", err)
	}
	end, err := logEnd(ctx, tx)
	if err != nil {
		return nil, err
	}
	w := &work{end: end, obligations: map[string]bool{}}
	for _, o := range all[i].Obligations {
		w.obligations[o] = true
	}
	if w.waiting, err = readWaiting(ctx, tx); err != nil {
		return nil, err
	}
	if err := w.do(ctx, tx); err != nil {
		return nil, err
	}
	l := all[i]
	l.Approved, l.Decision, l.DecidedOn, l.Body = true, &n.Decision, &n.DecidedOn, &n.Body
	return &l, nil
}

func approvalWrong(at, value string, why errs.Text) error {
	return &errs.Error{
		Code: "approval-wrong", Status: http.StatusUnprocessableEntity, Op: "progress.Approve", Location: at, Value: value,
		Title: errs.T("این تصویب پذیرفته نیست", "The approval cannot be taken"), Detail: why, Next: errs.T("مقدار را درست کنید و دوباره بفرستید.", "Correct the value and send it again."),
	}
}

// sourcesOf are the layers of a figure as it is kept.
func sourcesOf(kept any) (list []source) {
	all, _ := kept.([]any)
	for _, one := range all {
		m, _ := one.(map[string]any)
		theme, _ := m["theme"].(string)
		dataset, _ := m["dataset"].(float64)
		version, _ := m["version"].(float64)
		approved, _ := m["approved"].(bool)
		if theme != "" {
			list = append(list, source{Theme: theme, Dataset: int64(dataset), Version: int(version), Approved: approved})
		}
	}
	return list
}

// layerEvents says what became of the layers in the denominator between two days: another version, where that is not said already because the number moved, or an approval.
// Before layers were kept with figures nothing is known.
func layerEvents(before, after []source, moved bool) (said []errs.Text) {
	for _, now := range after {
		i := slices.IndexFunc(before, func(s source) bool { return s.Dataset == now.Dataset })
		switch {
		case len(before) == 0 || i >= 0 && before[i] == now:
		case moved && !now.Approved:
		case i < 0 || before[i].Version != now.Version:
			said = append(said, errs.Tf("مخرج به نسخه %d لایه %s سنجیده می‌شود", "The denominator is by version %d of the layer %s", now.Version, now.Theme))
		case now.Approved:
			said = append(said, errs.Tf("کمیته نسخه %d لایه %s را مخرج دانست", "The committee approved version %d of the layer %s as the denominator", now.Version, now.Theme))
		}
	}
	return said
}
