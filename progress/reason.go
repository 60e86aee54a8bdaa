package progress

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// whyUnknown says why an obligation has no percentage, in words that tell what would make it known.
func whyUnknown(code string, u reportedUnit, calculated bool) errs.Text {
	switch code {
	case "A23":
		return errs.T("این بند سامانه است و سنجه عددی مصوبی ندارد.", "This is a system; no numeric measure has been approved for it.")
	case "A23-N2":
		return errs.T("فهرست مصوب وظایف داده‌ای دستگاه‌ها ثبت نشده است.", "No approved catalogue of the agencies' data duties has been recorded.")
	case "A25-INQUIRY", "A27-INQUIRY":
		return errs.T("خدمات استعلام در این سامانه ثبت نشده است.", "Inquiry services are not recorded in this system.")
	}
	if !calculated {
		if u.Level != "country" && u.Level != "province" {
			return errs.T("پیشرفت برای کشور و استان‌ها محاسبه می‌شود.", "Progress is calculated for the country and its provinces.")
		}
		return errs.T("هنوز محاسبه نشده است.", "It has not been calculated yet.")
	}
	if code == municipalLayers {
		return errs.T("هیچ شهرداری با قلمرو در این واحد ثبت نشده است.", "No municipality with a territory in this unit is registered.")
	}
	if !u.outline && code != "A25-MARINE" {
		return errs.T("مرز این واحد منتشر نشده است.", "The outline of this unit has not been published.")
	}
	switch code {
	case "A24-URBAN", "A25-URBAN":
		return errs.T("محدوده شهری در این واحد منتشر نشده است.", "No urban boundary has been published in this unit.")
	case "A24-REST":
		return errs.T("محدوده شهری در این واحد منتشر نشده است و مساحت بیرون از شهرها معلوم نیست.", "No urban boundary has been published in this unit, so the area outside its cities is not known.")
	case "A25-RURAL":
		return errs.T("بافت روستایی در این واحد منتشر نشده است.", "No village fabric has been published in this unit.")
	case "A25-RANGE-FOREST":
		return errs.T("لایه مراتع و جنگل‌ها در این واحد منتشر نشده است.", "No rangeland or forest has been published in this unit.")
	case "A25-MARINE":
		return errs.T("دریای سرزمینی برای این واحد منتشر نشده است.", "No territorial sea has been published for this unit.")
	case addresses:
		return errs.T("تعداد نشانی مورد انتظار برای این واحد منتشر نشده است.", "No expected number of addresses has been published for this unit.")
	}
	return errs.T("مخرج این بند معلوم نیست.", "The denominator is not known.")
}

// readSource says what 100 per cent means. A figure of the country also says how many provinces are in it.
func (o *Obligation) readSource(ctx context.Context, tx pgx.Tx, u reportedUnit) error {
	if o.State != "known" {
		return nil
	}
	var source errs.Text
	switch o.Code {
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
			return err
		default:
			source = errs.T(name+" ("+jalali(dated)+")", name+" ("+dated.Format(time.DateOnly)+")")
			return o.setSource(source)
		}
	case "A24-REST":
		source = errs.T("مساحت استان بدون محدوده‌های شهری", "Area of the province without its urban boundaries")
	default:
		for _, r := range areaRules() {
			if r.obligation != o.Code {
				continue
			}
			if err := tx.QueryRow(ctx, `select title_fa, title_en from layers.theme where code = $1`, r.denominator).Scan(&source.FA, &source.EN); err != nil {
				return err
			}
			source = errs.T("لایه منتشرشده: "+source.FA, "Published layer: "+source.EN)
		}
	}
	if u.Level == "country" && o.Code != municipalLayers {
		var with, all int
		if err := tx.QueryRow(ctx, `
			select count(f.denominator), count(*)
			from layers.admin_unit u
			left join progress.figure f on f.admin_code = u.code and f.obligation = $1
			where u.level = 'province'`, o.Code).Scan(&with, &all); err != nil {
			return err
		}
		if with > 0 {
			n := errs.Tf(" (%d از %d استان)", " (%d of %d provinces)", with, all)
			source = errs.T(source.FA+digits(n.FA), source.EN+n.EN)
		}
	}
	return o.setSource(source)
}

func (o *Obligation) setSource(t errs.Text) error {
	source := text(t)
	o.DenominatorSource = &source
	return nil
}
