package progress

import "nsdi/internal/errs"

// whyUnknown says why an obligation has no percentage, in words that tell what would make it known.
func whyUnknown(code string, u reportedUnit, calculated bool) errs.Text {
	switch code {
	case infrastructure, "A25-INQUIRY", "A27-INQUIRY":
		if u.Level != "country" {
			return errs.T("این تکلیف برای کل کشور شمرده می‌شود.", "This obligation is counted for the whole country.")
		}
	case handingOver:
		if calculated {
			return errs.T("دستگاهی که قلمرو آن در این واحد باشد ثبت نشده است؛ تکلیف دستگاه‌های ملی برای کل کشور شمرده می‌شود.", "No agency whose territory lies in this unit is registered; what national agencies owe is counted for the whole country.")
		}
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
	case cityMaps, urbanCadastre:
		return errs.T("محدوده شهری در این واحد منتشر نشده است.", "No urban boundary has been published in this unit.")
	case otherMaps:
		return errs.T("محدوده شهری در این واحد منتشر نشده است و مساحت بیرون از شهرها معلوم نیست.", "No urban boundary has been published in this unit, so the area outside its cities is not known.")
	case ruralCadastre:
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
