package layers

import (
	"net/http"

	"nsdi/internal/errs"
	"nsdi/layers/reading"
)

// bounded refuses a delivery that says of itself that it is larger than may be: files are not read for nothing.
func (im *Importer) bounded(found []reading.Layer) error {
	layers, features := map[string]int{}, map[string]int64{}
	for _, l := range found {
		layers[l.File]++
		if n := layers[l.File]; im.MaxLayers > 0 && n > im.MaxLayers {
			return &errs.Error{
				Code: "too-many-layers", Status: http.StatusRequestEntityTooLarge, Op: "layers", Location: l.File,
				Title:  errs.T("لایه‌های پرونده بیش از اندازه است", "The file has too many layers"),
				Detail: errs.Tn(im.MaxLayers, "یک پرونده دست‌بالا %d لایه دارد.", "One file may have %d layer.", "One file may have %d layers.", im.MaxLayers),
				Next:   errs.T("لایه‌ها را در چند پرونده بخش کنید.", "Divide the layers among several files."),
			}
		}
		if l.Features > 0 && l.Features < 1<<40 { // what is more is no count
			features[l.File] += l.Features
		}
		if im.MaxFeatures > 0 && features[l.File] > im.MaxFeatures {
			return im.tooMany(l.File)
		}
	}
	return nil
}

func (im *Importer) tooMany(file string) error {
	return &errs.Error{
		Code: "too-many-features", Status: http.StatusRequestEntityTooLarge, Op: "layers", Location: file,
		Title:  errs.T("عوارض پرونده بیش از اندازه است", "The file has too many features"),
		Detail: errs.Tn(im.MaxFeatures, "یک پرونده دست‌بالا %v عارضه دارد.", "One file may have %v feature.", "One file may have %v features.", errs.Grouped(im.MaxFeatures)),
		Next:   errs.T("پرونده را بخش کنید؛ بخش‌های بعدی را با شیوه append بفرستید.", "Divide the file, and deliver the later parts with the mode append."),
	}
}
