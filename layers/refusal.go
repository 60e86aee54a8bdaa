package layers

import (
	"net/http"
	"strings"

	"nsdi/internal/errs"
	"nsdi/internal/pg"
	"nsdi/layers/reading"
)

// nothingAccepted is the problem of a delivery of which no row was taken.
func nothingAccepted(r *Report) error {
	if r.RowsIn == 0 {
		return &errs.Error{
			Code: "nothing-accepted", Status: http.StatusUnprocessableEntity, Op: "layers",
			Title: errs.T("پرونده هیچ عارضه‌ای ندارد و چیزی منتشر نشد", "The file holds no features, and nothing was published"),
			Next:  errs.T("بررسی کنید که عارضه‌ها در خروجی آمده باشند.", "Check that the features were exported."),
		}
	}
	e := &errs.Error{
		Code: "nothing-accepted", Status: http.StatusUnprocessableEntity, Op: "layers",
		Title:  errs.T("هیچ ردیفی پذیرفته نشد و چیزی منتشر نشد", "No row was accepted, and nothing was published"),
		Detail: errs.Tf("%d ردیف رسید و %d ردیف رد شد.", "Rows that came in: %d, refused: %d.", r.RowsIn, r.Refused),
		Next:   errs.T("یافته‌ها را ببینید؛ شاید موضوع، لایه یا نگاشت ستون‌ها درست نباشد.", "See the findings; the theme, the layer or the column mapping may be the wrong one."),
	}
	if _, mendable := r.Proposals(); mendable > 0 {
		e.Next = errs.T("اصلاح‌های پیشنهادی را بپذیرید، یا یافته‌ها را ببینید و دوباره تحویل دهید.", "Accept the proposed corrections, or see the findings and deliver again.")
	}
	if len(r.Rules) > 0 {
		first := r.Rules[0]
		most := errs.Tf(" بیشترین: %[1]s (%[3]d).", " Most often: %[2]s (%[3]d).", first.Title.FA, first.Title.EN, first.Count)
		e.Detail = errs.T(e.Detail.FA+most.FA, e.Detail.EN+most.EN)
	}
	return e
}

// noSuchLayer is the problem of a mapping that chooses no layer of the file.
func noSuchLayer(layers []reading.Layer) error {
	var names []string
	for _, l := range layers {
		names = append(names, l.Name)
	}
	list := strings.Join(names, ", ")
	return &errs.Error{
		Code: "layer-unknown", Status: http.StatusUnprocessableEntity, Op: "layers",
		Title:  errs.T("لایه خواسته‌شده در پرونده نیست", "The file does not have the layer that was asked for"),
		Detail: errs.Tf("لایه‌های پرونده: %s", "The file's layers are: %s", list),
		Next:   errs.T("نام لایه را در نگاشت یا با ‎--layer‎ درست کنید.", "Correct the layer's name in the mapping or with --layer."),
	}
}

// lacking makes the error of a disk without room, be it the server's or the database's, a problem.
func lacking(err error) error {
	if !pg.Full(err) {
		return err
	}
	return &errs.Error{
		Code: "storage-full", Status: http.StatusInsufficientStorage, Op: "layers", Err: err,
		Title:  errs.T("سامانه جا ندارد", "The server has no room"),
		Detail: errs.T("دیسک سامانه پر است. پرونده‌های تحویل‌شده نگه داشته شده‌اند و چیزی نیمه‌کاره منتشر نشده است.", "Its disk is full. The delivered files are kept, and nothing is half published."),
		Next:   errs.T("سرپرست سامانه باید جا باز کند؛ کار چند بار از نو آغاز می‌شود، و پس از آن باید دوباره تحویل دهید یا بفرستید.", "The operator has to make room; the work is tried again some times, and after that deliver or submit again."),
	}
}

// passing reports whether a problem is the server's own and may pass: of want of room, memory or time, and not of the delivery.
func passing(e *errs.Error) bool {
	return e.Status == http.StatusServiceUnavailable || e.Status == http.StatusInsufficientStorage
}
