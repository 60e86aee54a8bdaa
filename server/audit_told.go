package server

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"nsdi/access"
	"nsdi/internal/errs"
)

// The trail keeps what was done in English, as evidence, and nothing rewrites it. Whoever reads is told the same in both languages.

// sentence is a form in which details of an event are kept, and how that is told. {kind} stands for a value, and {kind2} for the second of that kind.
type sentence struct{ event, kept, fa, en string }

// sentences are tried in order. Entries are read for ever, so a form stays here when nothing writes it any more.
var sentences = []sentence{
	{"sign-in", "password", "با گذرواژه", "By password"},
	{"sign-in", "provider", "با سامانه ورود دستگاه", "By the sign-in service"},
	{"sign-out", "this browser", "از همین مرورگر", "From this browser"},
	{"sign-out", "everywhere", "از همه جا", "Everywhere"},
	{"password", "reset; its sessions ended", "گذرواژه تازه داده شد؛ نشست‌ها پایان یافت.", "A new password was given; the sessions ended."},
	{"password", "changed by the person", "خود شخص آن را تغییر داد.", "The person changed it."},

	{"permission", "account made, role given: {role}, linked with {quoted} at {code}", "حساب ساخته شد، با نقش «{role}»؛ پیوسته به {quoted} در {code}.", "Account made with the role {role}, linked with {quoted} at {code}."},
	{"permission", "account made, role given: {role}", "حساب ساخته شد، با نقش «{role}».", "Account made with the role {role}."},
	{"permission", "role given: {role}", "نقش «{role}» داده شد.", "Role given: {role}."},
	{"permission", "role taken away: {role}", "نقش «{role}» گرفته شد.", "Role taken away: {role}."},
	{"permission", "account opened again", "حساب دوباره باز شد.", "The account was opened again."},
	{"permission", "account closed; its sessions ended", "حساب بسته شد؛ نشست‌ها پایان یافت.", "The account was closed; its sessions ended."},
	{"permission", "key added: roles {roles}, scopes {list}, networks {networks}, until {moment}", "کلید ساخته شد: نقش‌ها {roles}؛ دامنه {list}؛ شبکه‌ها {networks}؛ تا {moment}.", "Key made: roles {roles}; scope {list}; networks {networks}; until {moment}."},
	{"permission", "key revoked", "کلید لغو شد.", "The key was revoked."},
	{"permission", "agency made: {changes}", "دستگاه ساخته شد: {changes}.", "The agency was made: {changes}."},
	{"permission", "agency changed: {changes}", "دستگاه تغییر کرد: {changes}.", "The agency was changed: {changes}."},
	{"permission", "{code} delegated to {code}, territory {where}, until {moment}", "موضوع {code} به {code2} واگذار شد؛ محدوده: {where}؛ تا {moment}.", "The theme {code} was delegated to {code2}; territory: {where}; until {moment}."},
	{"permission", "delegation revoked", "واگذاری لغو شد.", "The delegation was revoked."},
	{"permission", "access of {code} to {code} granted: territory {where}, attributes {attributes}, until {moment}", "به {code} دسترسی به {code2} داده شد؛ محدوده: {where}؛ صفت‌ها: {attributes}؛ تا {moment}.", "{code} was granted access to {code2}; territory: {where}; attributes: {attributes}; until {moment}."},
	{"permission", "access of {code} to {code} refused", "دسترسی {code} به {code2} داده نشد.", "{code} was refused access to {code2}."},
	{"permission", "access of {code} to {code} revoked", "دسترسی {code} به {code2} پس گرفته شد.", "The access of {code} to {code2} was revoked."},

	{"confirmation", "{code}", "موضوع: {code}", "Theme: {code}"},
	{"correction", "{n} corrections: {list}", "{n} اصلاح: {list}", "Corrections: {n}: {list}"},
	{"exception", "{code}: {text}", "یافته قاعده {code} پذیرفته شد: {text}", "A finding of the rule {code} was accepted: {text}"},
	{"review", "accept:{said}", "پذیرفته شد{said}", "Accepted{said}"},
	{"review", "publish:{said}", "به انتشار سپرده شد{said}", "Passed for publication{said}"},
	{"review", "return:{said}", "بازگردانده شد{said}", "Returned{said}"},
	{"publication", "Version {n}: {n} added, {n} altered, {n} removed.", "نسخه {n}: {n2} افزوده، {n3} دگرگون، {n4} حذف.", "Version {n}: {n2} added, {n3} altered, {n4} removed."},
	{"publication", "The data is what is published already.", "داده با آنچه منتشر شده یکی است.", "The data is what is published already."},
	{"rollback", "Version {n}: as version {n}; {n} added, {n} altered, {n} removed.{said}", "نسخه {n}: مانند نسخه {n2}؛ {n3} افزوده، {n4} دگرگون، {n5} حذف{said}", "Version {n}: as version {n2}; {n3} added, {n4} altered, {n5} removed{said}"},
	{"withdrawal", "Version {n}: as version 0; {n} added, {n} altered, {n} removed.{said}", "نسخه {n}: همه آنچه منتشر شده بود برداشته شد، {n4} عارضه{said}", "Version {n}: all that was published is taken back, features: {n4}{said}"},

	{"export", "{n} entries,{query}", "{n} سطر از سوابق{query}", "Entries of the trail: {n}{query}"},
	{"export", "corrected.{code}, {n} rows, {n} bytes, {text}", "پرونده اصلاح‌شده {code}: {n} ردیف، {n2} بایت، بخش {text}", "Corrected file, {code}: {n} rows, {n2} bytes, part {text}"},
	{"export", "corrected.{code}, {n} rows, {n} bytes", "پرونده اصلاح‌شده {code}: {n} ردیف، {n2} بایت", "Corrected file, {code}: {n} rows, {n2} bytes"},
	{"export", "{text}, {n} bytes, sha256 {code}, {text}", "پرونده {text}، {n} بایت، بخش {text2}؛ SHA-256: {code}", "File {text}, {n} bytes, part {text2}; SHA-256: {code}"},
	{"export", "{text}, {n} bytes, sha256 {code}", "پرونده {text}، {n} بایت؛ SHA-256: {code}", "File {text}, {n} bytes; SHA-256: {code}"},
	{"export", "{code} of {code}, {n} features in the dataset", "موضوع {code} از {code2}؛ مجموعه داده {n} عارضه دارد.", "The theme {code} of {code2}; features in the dataset: {n}."},

	{"denominator", "version {n} of {code} by decision {text} of {day}", "نسخه {n} از {code}، با تصمیم {text} در {day}.", "Version {n} of {code}, by decision {text} of {day}."},
	{"denominator", "version {n} by decision {text} of {day}", "نسخه {n}، با تصمیم {text} در {day}.", "Version {n}, by decision {text} of {day}."},
	{"plan", "version {n} by decision {text} of {day}, complete by {day}", "نسخه {n}، با تصمیم {text} در {day}؛ تکمیل تا {day2}.", "Version {n}, by decision {text} of {day}; complete by {day2}."},
	{"snapshot", "{code}", "نشان درستی: {code}", "Digest: {code}"},
	{"style", "version {n}, the generated style{said}", "نسخه {n}: سبک سامانه{said}", "Version {n}: the style that nsdi makes{said}"},
	{"style", "version {n}, as version {n}{said}", "نسخه {n}: مانند نسخه {n2}{said}", "Version {n}: as version {n2}{said}"},
	{"style", "version {n}{said}", "نسخه {n}{said}", "Version {n}{said}"},

	{"refusal", "not-permitted", "دسترسی نداشت.", "Not permitted."},
	{"refusal", "key-revoked", "کلید API لغو شده بود.", "The API key was revoked."},
	{"refusal", "key-expired", "زمان کلید API به پایان رسیده بود.", "The API key had ended."},
	{"refusal", "key-elsewhere", "کلید API از نشانی شبکه‌ای آمد که برای آن نیست.", "The API key came from a network address that it is not for."},
	{"refusal", "key-refused", "کلید API درست نبود، یا پایان یافته یا لغو شده بود.", "The API key was wrong, had ended or was revoked."},
	{"refusal", "sign-in-refused", "نام کاربری یا گذرواژه درست نبود.", "The login or the password was wrong."},
	{"refusal", "provider-sign-in-denied", "سامانه ورود دستگاه او را نپذیرفت.", "The sign-in service did not accept the person."},
	{"refusal", "provider-sign-in-refused", "پاسخ سامانه ورود دستگاه پذیرفته نشد.", "The answer of the sign-in service was not accepted."},
	{"refusal", "person-unknown", "چنین شخصی در سامانه نیست.", "The person is not known here."},
	{"refusal", "password-change-needed", "نخست باید گذرواژه را تغییر می‌داد.", "The password had to be changed first."},
	{"refusal", "cross-origin-refused", "درخواست از صفحه سایتی دیگر آمده بود.", "The request came from a page of another site."},
	{"refusal", "territory-outside", "بیرون از قلمرو دستگاه بود.", "Outside the agency’s territory."},
	{"refusal", "territory-not-the-agencys", "قلمرو از آن این دستگاه نبود.", "The territory was not the agency’s."},
	{"refusal", "theme-not-allowed", "دستگاه این موضوع را تحویل نمی‌دهد.", "The agency does not deliver this theme."},
	{"refusal", "dataset-of-another-agency", "مجموعه داده از آن دستگاهی دیگر است.", "The dataset is another agency’s."},
	{"refusal", "grant-needed", "داده محدود است و اجازه‌ای در کار نبود.", "The data is restricted, and there was no grant."},
	{"refusal", "grant-changed", "اجازه در این میان تغییر کرده بود.", "The grant had changed meanwhile."},
	{"refusal", "download-refused", "پیوند برداشت درست نبود.", "The link of the download was wrong."},
	{"refusal", "download-expired", "زمان پیوند برداشت گذشته بود.", "The link of the download had ended."},
	{"refusal", "download-only", "این داده تنها برداشت می‌شود.", "This data is for download only."},
	{"refusal", "post-only", "تنها برای شرکت ملی پست است.", "For the Post only."},
}

var (
	slot   = regexp.MustCompile(`\{([a-z]+)(\d?)\}`)
	quoted = regexp.MustCompile(`\\\{([a-z]+)\\\}`) // a slot in a pattern that is quoted
	change = regexp.MustCompile(`(kind|name|parent|territories|themes) ("(?:[^"\\]|\\.)*")(?: → ("(?:[^"\\]|\\.)*"))?`)

	forms = sync.OnceValue(func() []*regexp.Regexp {
		all := make([]*regexp.Regexp, len(sentences))
		for i, one := range sentences {
			pattern := quoted.ReplaceAllStringFunc(regexp.QuoteMeta(one.kept), func(s string) string { return valuePattern(s[2 : len(s)-2]) })
			all[i] = regexp.MustCompile(`(?s)^` + pattern + `$`)
		}
		return all
	})
)

// valuePattern is what a value of a kind looks like in what is kept.
func valuePattern(kind string) string {
	switch kind {
	case "n":
		return `(\d+)`
	case "roles", "list", "networks", "attributes":
		return `\[([^\]]*)\]`
	case "where", "quoted":
		return `("(?:[^"\\]|\\.)*")`
	case "said", "query":
		return `(?: (.*))?`
	case "text", "changes":
		return `(.+?)`
	default: // code, role, day, moment
		return `([^\s,]+)`
	}
}

// auditTold tells the detail of an entry in both languages. What has no form, such as a person's own reason, is told as it is kept.
func auditTold(event, detail string) errs.Text {
	for i, one := range sentences {
		if one.event != event {
			continue
		}
		found := forms()[i].FindStringSubmatch(detail)
		if found == nil {
			continue
		}
		values := map[string][]string{}
		for at, part := range slot.FindAllStringSubmatch(one.kept, -1) {
			values[part[1]] = append(values[part[1]], found[at+1])
		}
		return errs.T(filled(one.fa, "fa", values), filled(one.en, "en", values))
	}
	return errs.T(detail, detail)
}

func filled(form, lang string, values map[string][]string) string {
	return slot.ReplaceAllStringFunc(form, func(s string) string {
		part := slot.FindStringSubmatch(s)
		at := 0
		if part[2] != "" {
			at = int(part[2][0] - '1')
		}
		return valueTold(part[1], values[part[1]][at], lang)
	})
}

// valueTold is a value as it is read in a language. Codes and other people's words keep their own direction.
func valueTold(kind, value, lang string) string {
	v := view{Lang: lang}
	switch kind {
	case "n":
		return v.Digits(value)
	case "role":
		return roleTold(v, value)
	case "roles":
		roles := strings.Fields(value)
		for i, role := range roles {
			roles[i] = roleTold(v, role)
		}
		return strings.Join(roles, v.T("، ", ", "))
	case "networks", "attributes":
		if value == "" {
			return v.T("همه", "all")
		}
		return apart(value)
	case "where":
		if code := unquoted(value); code != "" {
			return apart(code)
		}
		return v.T("همه قلمرو", "all of it")
	case "quoted":
		return apart(unquoted(value))
	case "said", "query":
		if value == "" {
			return ""
		}
		if text, err := url.QueryUnescape(value); kind == "query" && err == nil {
			value = text
		}
		return ": " + apart(value)
	case "day", "moment":
		return dayTold(v, value)
	case "changes":
		var told []string
		for _, part := range change.FindAllStringSubmatch(value, -1) {
			one := changed[part[1]].In(lang) + " " + givenTold(v, part[1], part[2])
			if part[3] != "" {
				one += v.T(" ← ", " → ") + givenTold(v, part[1], part[3])
			}
			told = append(told, one)
		}
		return strings.Join(told, v.T("، ", ", "))
	default:
		return apart(value)
	}
}

var changed = map[string]errs.Text{
	"kind": errs.T("گونه", "kind"), "name": errs.T("نام", "name"), "parent": errs.T("وابسته به", "belongs to"), "territories": errs.T("قلمرو", "territory"), "themes": errs.T("موضوع‌ها", "themes"),
}

func roleTold(v view, role string) string {
	if name := v.Role(access.Role(role)); name != "" {
		return name
	}
	return apart(role)
}

var agencyKinds = map[string]errs.Text{
	"municipality": errs.T("شهرداری", "municipality"), "contractor": errs.T("پیمانکار", "contractor"), "consumer": errs.T("بهره‌بردار", "consumer"),
	"ministry": errs.T("وزارت یا سازمان", "ministry"), "registry": errs.T("سازمان ثبت", "registry"), "post": errs.T("شرکت پست", "post"),
	"cartographic-centre": errs.T("سازمان نقشه‌برداری", "cartographic centre"), "committee": errs.T("کمیته راهبری", "steering committee"),
	"provincial-committee": errs.T("کمیته استانی", "provincial committee"),
}

func givenTold(v view, what, quoted string) string {
	if kind, known := agencyKinds[unquoted(quoted)]; known && what == "kind" {
		return kind.In(v.Lang)
	}
	if value := unquoted(quoted); value != "" {
		return apart(value)
	}
	return v.T("هیچ", "none")
}

// dayTold is a day, or the day of an instant, in both calendars.
func dayTold(v view, value string) string {
	at, err := time.Parse(time.RFC3339, value)
	if err != nil {
		if at, err = time.ParseInLocation(time.DateOnly, value, access.Iran()); err != nil {
			return apart(value)
		}
	}
	return v.In(access.DayText(at))
}

func unquoted(s string) string {
	if text, err := strconv.Unquote(s); err == nil {
		return text
	}
	return s
}

// apart keeps the direction of somebody's words and of codes from that of the sentence around them.
func apart(s string) string { return "\u2068" + s + "\u2069" }
