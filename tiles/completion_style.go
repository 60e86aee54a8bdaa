package tiles

import "nsdi/internal/errs"

// completionColours are the classes of completion: nothing done and everything done are classes of their own, and so is what is not known.
func (l *layer) completionColours() (any, []Symbol) {
	legend := []Symbol{
		{Value: "0", Label: errs.T("هیچ", "None"), Colour: "#f6dcc6"},
		{Value: "0-25", Label: errs.T("تا ۲۵ درصد", "Up to 25 %"), Colour: "#dcecd9"},
		{Value: "25-50", Label: errs.T("۲۵ تا ۵۰ درصد", "25 to 50 %"), Colour: "#a9d5c1"},
		{Value: "50-75", Label: errs.T("۵۰ تا ۷۵ درصد", "50 to 75 %"), Colour: "#62b0a4"},
		{Value: "75-100", Label: errs.T("۷۵ تا کمتر از ۱۰۰ درصد", "75 to below 100 %"), Colour: "#2b857f"},
		{Value: "100", Label: errs.T("همه", "All"), Colour: "#0f4c52"},
		{Value: "not-applicable", Label: errs.T("موضوعیت ندارد", "Nothing is due"), Colour: "#eef1f4"},
		{Value: "unknown", Label: errs.T("نامعلوم", "Unknown"), Colour: "#d5dade"},
	}
	colour := map[string]string{}
	for i := range legend {
		legend[i].Layer, legend[i].Geometry, legend[i].Attribute = l.code, l.geometry, "percent"
		colour[legend[i].Value] = legend[i].Colour
	}
	percent := expression{"get", "percent"}
	return expression{
		"case",
		expression{"==", expression{"get", "state"}, "not-applicable"},
		colour["not-applicable"],
		expression{"!", expression{"has", "percent"}},
		colour["unknown"],
		expression{"<=", percent, 0},
		colour["0"],
		expression{">=", percent, 100},
		colour["100"],
		expression{"step", percent, colour["0-25"], 25, colour["25-50"], 50, colour["50-75"], 75, colour["75-100"]},
	}, legend
}
