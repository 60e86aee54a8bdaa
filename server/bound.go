package server

import (
	"context"

	"nsdi/internal/errs"
	"nsdi/layers/upload"
)

type limitsBody struct {
	Uploads uploadLimits `json:"uploads"`
	Limits  []limit      `json:"limits" doc:"The same with titles, to be shown"`
}

type uploadLimits struct {
	MaxBytes    int64 `json:"max_bytes" doc:"Of one file; also Tus-Max-Size of OPTIONS /v1/uploads"`
	MaxFeatures int64 `json:"max_features" doc:"Of one file"`
	MaxLayers   int   `json:"max_layers" doc:"Of one file"`
	DayBytes    int64 `json:"bytes_a_day" doc:"Of one agency, by Iran's clock"`
	Open        int   `json:"unfinished" doc:"Uploads of an agency that are begun and not finished"`
	Parallel    int   `json:"at_once" doc:"Transfers of an agency at once"`
	Lifetime    int64 `json:"expires_after_seconds" doc:"After the last byte, unless a submission takes the file"`
}

type limit struct {
	Code  string    `json:"code"`
	Title bilingual `json:"title"`
	Value int64     `json:"value"`
	Unit  string    `json:"unit" enum:"byte,feature,layer,upload,second"`
}

// limits answers GET /v1/limits: what one has to know before handing over.
func (s *server) limits(context.Context, *struct{}) (*limitsBody, error) {
	l := upload.Limits{}.Complete()
	if s.Uploads != nil {
		l = s.Uploads.Limits
	}
	u := uploadLimits{l.MaxBytes, l.MaxFeatures, l.MaxLayers, l.DayBytes, l.Open, l.Parallel, int64(l.Lifetime.Seconds())}
	body := &limitsBody{Uploads: u}
	for _, one := range []struct {
		code  string
		title errs.Text
		value int64
		unit  string
	}{
		{"max_bytes", errs.T("اندازه یک پرونده", "Size of one file"), u.MaxBytes, "byte"},
		{"max_features", errs.T("شمار عوارض یک پرونده", "Features of one file"), u.MaxFeatures, "feature"},
		{"max_layers", errs.T("شمار لایه‌های یک پرونده", "Layers of one file"), int64(u.MaxLayers), "layer"},
		{"bytes_a_day", errs.T("بارگذاری یک دستگاه در روز", "Uploads of an agency a day"), u.DayBytes, "byte"},
		{"unfinished", errs.T("بارگذاری‌های ناتمام یک دستگاه", "Unfinished uploads of an agency"), int64(u.Open), "upload"},
		{"at_once", errs.T("انتقال‌های هم‌زمان یک دستگاه", "Transfers of an agency at once"), int64(u.Parallel), "upload"},
		{"expires_after_seconds", errs.T("مهلت ادامه یا تحویل، پس از آخرین بایت", "Time to resume or to submit, after the last byte"), u.Lifetime, "second"},
	} {
		body.Limits = append(body.Limits, limit{one.code, bilingual(one.title), one.value, one.unit})
	}
	return body, nil
}
