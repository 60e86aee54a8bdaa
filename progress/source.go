package progress

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// source says what 100 per cent means. A figure of the country also says how many provinces are in it.
func (o duty) source(ctx context.Context, tx pgx.Tx, u reportedUnit) (errs.Text, error) {
	var source errs.Text
	switch o.code {
	case municipalLayers:
		source = errs.T("شهرداری‌های ثبت‌شده ضربدر لایه‌های الزامی", "Registered municipalities times required layers")
	case addresses:
		var name string
		var dated time.Time
		err := tx.QueryRow(ctx, expected+`select source, dated from expected where admin_code = $1`, u.Code).Scan(&name, &dated)
		switch {
		case err == pgx.ErrNoRows:
			source = errs.T("تعداد نشانی مورد انتظار استان‌ها", "Expected numbers of addresses of the provinces")
		case err != nil:
			return source, err
		default:
			return errs.T(name+" ("+jalali(dated)+")", name+" ("+dated.Format(time.DateOnly)+")"), nil
		}
	case "A24-REST":
		source = errs.T("مساحت استان بدون محدوده‌های شهری", "Area of the province without its urban boundaries")
	default:
		for _, r := range areaRules() {
			if r.obligation != o.code {
				continue
			}
			if err := tx.QueryRow(ctx, `select title_fa, title_en from layers.theme where code = $1`, r.denominator).Scan(&source.FA, &source.EN); err != nil {
				return source, err
			}
			source = errs.T("لایه منتشرشده: "+source.FA, "Published layer: "+source.EN)
		}
	}
	if u.Level == "country" && o.code != municipalLayers {
		var with, all int
		if err := tx.QueryRow(ctx, `
			select count(f.denominator), count(*)
			from layers.admin_unit u
			left join progress.figure f on f.admin_code = u.code and f.obligation = $1 and f.measure = 'headline'
			where u.level = 'province'`, o.code).Scan(&with, &all); err != nil {
			return source, err
		}
		if with > 0 {
			n := errs.Tf(" (%d از %d استان)", " (%d of %d provinces)", with, all)
			source = errs.T(source.FA+digits(n.FA), source.EN+n.EN)
		}
	}
	return source, nil
}
