package reading

import (
	"net/http"

	"nsdi/internal/errs"
)

// refusal is a file that cannot be taken: what is wrong with it, and what its deliverer can do.
func refusal(code, file string, title, next errs.Text) *errs.Error {
	return &errs.Error{Code: code, Status: http.StatusUnprocessableEntity, Op: "reading", Location: file, Title: title, Next: next}
}

func unsupported(file string) *errs.Error {
	return refusal("format-unsupported", file,
		errs.T("این قالب پرونده پذیرفته نمی‌شود", "Files of this format are not taken"),
		errs.T("به صورت GeoPackage، Shapefile فشرده (zip)، GeoJSON، CSV، FlatGeobuf، KML، GML، DXF، DGN، XLSX، EDIGEO فشرده یا FileGDB فشرده تحویل دهید.",
			"Deliver a GeoPackage, zipped Shapefile, GeoJSON, CSV, FlatGeobuf, KML, GML, DXF, DGN, XLSX, packed EDIGEO or zipped FileGDB."))
}

func mismatch(file, ext string) *errs.Error {
	e := refusal("format-mismatch", file,
		errs.T("محتوای پرونده با پسوند آن نمی‌خواند", "The file's content is not what its extension says"),
		errs.T("پرونده را با پسوند درست، یا از نو از نرم‌افزار خود، تحویل دهید.", "Deliver the file with its right extension, or export it again."))
	e.Value = ext
	return e
}

func archiveProblem(file string, detail errs.Text) *errs.Error {
	e := refusal("archive-refused", file,
		errs.T("پرونده فشرده پذیرفته نشد", "The archive is refused"),
		errs.T("لایه‌ها را بدون پرونده‌های فشرده تودرتو و پرونده‌های اضافه، دوباره فشرده کنید.", "Pack the layers again, without nested archives or other files."))
	e.Detail = detail
	return e
}
