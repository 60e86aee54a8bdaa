package upload

import (
	"fmt"
	"net/http"
	"strings"

	"nsdi/internal/errs"
)

// told makes the error of an answer that tusd refused, in both languages. What we refused ourselves is as it was.
func (h *Handler) told(p *reply) error {
	if p.x.err != nil {
		return p.x.err
	}
	code, message, _ := strings.Cut(strings.TrimSpace(string(p.text)), ": ")
	e, ok := h.problems()[code]
	if !ok {
		switch { // HEAD has no text
		case p.refused == http.StatusNotFound:
			return unknown("")
		case p.refused == http.StatusLocked:
			e = h.problems()["ERR_UPLOAD_LOCKED"]
		case p.refused >= http.StatusInternalServerError:
			return fmt.Errorf("tus: %d %s %s", p.refused, code, message)
		default:
			e = errs.Error{
				Code: "upload-request-invalid", Status: p.refused,
				Title:  errs.T("درخواست بارگذاری درست نیست", "The upload request is not right"),
				Detail: errs.Tf("پاسخ پروتکل: %s", "The protocol's answer: %s", message),
				Next:   errs.T("برنامه خود را با tus 1.0 بسنجید.", "Compare your program with tus 1.0."),
			}
		}
	}
	e.Op = "upload"
	return &e
}

// problems are tusd's errors, by its code.
func (h *Handler) problems() map[string]errs.Error {
	resume := errs.T("جای ادامه را با HEAD بپرسید و از همان‌جا بفرستید.", "Ask for the offset with HEAD, and go on from there.")
	locked := errs.Error{
		Code: "upload-locked", Status: http.StatusLocked, Location: "path.id",
		Title:  errs.T("این بارگذاری در دست درخواست دیگری است", "Another request is at this upload"),
		Detail: errs.T("دو درخواست هم‌زمان به یک بارگذاری پذیرفته نمی‌شود.", "Two requests at once to one upload are not taken."),
		Next:   errs.T("چند ثانیه دیگر جای ادامه را با HEAD بپرسید.", "Ask for the offset with HEAD in some seconds."),
	}
	large := errs.Error{
		Code: "upload-too-large", Status: http.StatusRequestEntityTooLarge, Location: "header.Upload-Length",
		Title:  errs.T("پرونده بزرگ‌تر از اندازه است", "The file is too large"),
		Detail: errs.Tf("یک پرونده بیش از %v نمی‌تواند باشد.", "A file may have %v at most.", errs.Bytes(h.Limits.MaxBytes)),
		Next:   errs.T("آن را چند پرونده کنید یا فشرده بفرستید؛ حدها در ‎/v1/limits است.", "Split or compress it; the limits are at /v1/limits."),
	}
	broken := errs.Error{
		Code: "upload-broken-off", Status: http.StatusServiceUnavailable, Location: "body",
		Title:  errs.T("انتقال بریده شد", "The transfer was broken off"),
		Detail: errs.T("داده به موقع نرسید یا پیوند برید؛ آنچه رسید می‌ماند.", "No data came in time, or the connection ended; what came stays."),
		Next:   resume,
	}
	length := errs.Error{
		Code: "upload-length-invalid", Status: http.StatusBadRequest, Location: "header.Upload-Length",
		Title:  errs.T("اندازه پرونده گفته نشده است", "The size of the file is not said"),
		Detail: errs.T("Upload-Length عددی از بایت‌ها نیست؛ اندازه باید از آغاز دانسته باشد.", "Upload-Length is not a number of bytes; the size has to be known from the beginning."),
		Next:   errs.T("Upload-Length را بفرستید و Upload-Defer-Length را نه.", "Send Upload-Length, and not Upload-Defer-Length."),
	}
	return map[string]errs.Error{
		"ERR_UPLOAD_LOCKED": locked, "ERR_LOCK_TIMEOUT": locked,
		"ERR_MAX_SIZE_EXCEEDED": large,
		"ERR_READ_TIMEOUT":      broken, "ERR_CONNECTION_RESET": broken, "ERR_UNEXPECTED_EOF": broken,
		"ERR_INVALID_UPLOAD_LENGTH": length, "ERR_NOT_IMPLEMENTED": length, "ERR_AMBIGUOUS_UPLOAD_LENGTH": length, "ERR_INVALID_UPLOAD_LENGTH_DEFER": length,
		"ERR_UPLOAD_SIZE_EXCEEDED": {
			Code: "upload-longer-than-announced", Status: http.StatusRequestEntityTooLarge, Location: "body",
			Title:  errs.T("بیش از آنچه گفته شده بود رسید", "More came than was announced"),
			Detail: errs.T("این بخش از پایان پرونده می‌گذرد.", "The part goes beyond the end of the file."),
			Next:   resume,
		},
		"ERR_UNSUPPORTED_VERSION": {
			Code: "upload-version-unknown", Status: http.StatusPreconditionFailed, Location: "header.Tus-Resumable",
			Title:  errs.T("این نگارش از پروتکل پذیرفته نیست", "This version of the protocol is not spoken here"),
			Detail: errs.T("سرایند Tus-Resumable باید 1.0.0 باشد.", "The header field Tus-Resumable has to be 1.0.0."),
			Next:   errs.T("برنامه‌ای با tus 1.0 به کار ببرید.", "Use a program that speaks tus 1.0."),
		},
		"ERR_MISMATCHED_OFFSET": {
			Code: "upload-offset-mismatch", Status: http.StatusConflict, Location: "header.Upload-Offset",
			Title:  errs.T("جای ادامه درست نیست", "The offset is not where the upload is"),
			Detail: errs.T("آنچه رسیده است به این جا نمی‌رسد یا از آن می‌گذرد.", "What has arrived ends before this place, or behind it."),
			Next:   resume,
		},
		"ERR_INVALID_OFFSET": {
			Code: "upload-offset-invalid", Status: http.StatusBadRequest, Location: "header.Upload-Offset",
			Title:  errs.T("جای ادامه خوانده نمی‌شود", "The offset cannot be read"),
			Detail: errs.T("Upload-Offset باید عددی از صفر به بالا باشد.", "Upload-Offset has to be a number from zero on."),
			Next:   resume,
		},
		"ERR_INVALID_CONTENT_TYPE": {
			Code: "upload-type-invalid", Status: http.StatusBadRequest, Location: "header.Content-Type",
			Title:  errs.T("نوع داده درست نیست", "The media type is not right"),
			Detail: errs.T("بخش‌ها با نوع application/offset+octet-stream می‌آیند.", "Parts come as application/offset+octet-stream."),
			Next:   errs.T("سرایند Content-Type را درست کنید.", "Correct the header field Content-Type."),
		},
		"ERR_UPLOAD_INTERRUPTED": { // tusd says 400, on which clients give up, also when somebody only asked for the offset meanwhile
			Code: "upload-continued-elsewhere", Status: http.StatusLocked, Location: "path.id",
			Title:  errs.T("درخواست دیگری این بارگذاری را ادامه داد", "Another request went on with this upload"),
			Detail: errs.T("این انتقال ایستاد تا درخواست تازه‌تر کار کند؛ آنچه رسید می‌ماند.", "This transfer stopped for the newer request; what came stays."),
			Next:   errs.T("یک پرونده را تنها از یک جا بفرستید؛ جای ادامه را با HEAD بپرسید.", "Send a file from one place only, and ask for the offset with HEAD."),
		},
		"ERR_SERVER_SHUTDOWN": {
			Code: "upload-server-ends", Status: http.StatusServiceUnavailable,
			Title:  errs.T("سامانه دارد می‌ایستد", "The server is ending"),
			Detail: errs.T("انتقال ایستاد؛ آنچه رسید می‌ماند.", "The transfer stopped; what came stays."),
			Next:   resume,
		},
	}
}
