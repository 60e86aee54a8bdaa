package search

import "nsdi/internal/errs"

// Nothing says why a question has no answer, and what its asker can do.
type Nothing struct {
	Reason errs.Text `json:"reason"`
	Next   errs.Text `json:"next"`
}

// nothing explains an answer without results. unsure tells that something was found that is all but surely wrong, truncated that not all was looked at.
func (q *Query) nothing(unsure, truncated bool) *Nothing {
	n := &Nothing{
		Reason: errs.T("چیزی با این نام‌ها در داده منتشرشده نیست.", "Nothing of these names is in the published data."),
		Next: errs.T("املای نام معبر را بررسی کنید و شهر یا روستا را هم بنویسید؛ یا کد پستی را بپرسید.",
			"Check the spelling of the street and write its city or village too; or ask for the postal code."),
	}
	if truncated {
		n.Reason = errs.T("جست‌وجو پیش از آنکه همه‌چیز دیده شود به پایان رسید، چون زمان و کار هر پرسش محدود است.",
			"The search ended before all was looked at, since the time and the work of a question are bounded.")
		n.Next = errs.T("دوباره بپرسید، و شهر یا روستا و معبر را کامل بنویسید.", "Ask again, with the city or village and the whole name of the street.")
		return n
	}
	if unsure {
		n.Reason = errs.T("آنچه به پرسش می‌خورد کمتر از دو واژه آن است و احتمال درستی آن به یک درصد نمی‌رسد؛ پس پاسخی داده نمی‌شود.",
			"What fits the query fits less than two words of it and is right with a probability below one per cent; so it is no answer.")
	}
	if q.Box != nil || q.Province != "" || q.City != "" || q.Least > LevelNone {
		n.Next = errs.T("شرط‌ها (کادر، استان، شهر یا تراز پاسخ) را بردارید یا نام‌ها را بررسی کنید.",
			"Leave the conditions out (box, province, city or level of answers), or check the names.")
	}
	return n
}
