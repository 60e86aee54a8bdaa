package server

import (
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"nsdi/gnaf/batch"
)

// describeBatch tells /openapi.json of files of addresses.
func describeBatch(api huma.API) {
	o := operation(api, http.MethodPost, batchPath, "geocode-batch", "A file of addresses, row by row, each with what was found for it")
	o.Description = fmt.Sprintf("CSV with the names of the columns in its first line, or JSON lines. Rows come back in their order with all their columns and, behind them, match_level "+
		"(-1 for a row that cannot be read, else as in /v1/geocode), match_confidence, match_label, match_lon, match_lat, the parts of the address, and the reasons; JSON lines in a member match. Columns are told by "+
		"their names, in Persian or English; a parameter says it of a column with another name: ?address=TEXT. At most %d rows, answered as they come; an answer that breaks off has a last row that says why. "+
		"Cells that a spreadsheet would take for a formula get an apostrophe. Each row counts as one question.", batchRows)
	text := &huma.Schema{Type: huma.TypeString}
	o.Parameters = []*huma.Param{{Name: "format", In: "query", Description: "By the media type of the body, by default", Schema: &huma.Schema{Type: huma.TypeString, Enum: []any{"csv", "jsonl"}}}}
	for _, role := range batch.Roles() {
		o.Parameters = append(o.Parameters, &huma.Param{Name: string(role), In: "query", Description: "Name of the column that is this; empty: none is", Schema: text})
	}
	content := map[string]*huma.MediaType{"text/csv": {Schema: text}, "application/jsonl": {Schema: text}}
	o.RequestBody = &huma.RequestBody{Required: true, Content: content}
	o.Responses["200"] = &huma.Response{Description: "The rows", Content: content}
	api.OpenAPI().AddOperation(&o)

	later := operation(api, http.MethodPost, batchesPath, "order-geocode-batch", "A file of addresses that is looked up in the background")
	later.Description = fmt.Sprintf(`The file as for %s, of any number of rows, at most %d MB; or {"upload": "id", "format": "csv"} with a file that was handed over by resumable upload. `+
		"The state tells how many rows are done; the result is fetched in ranges where that helps, and kept for a week.", batchPath, maxBatchFile>>20)
	later.Parameters = o.Parameters
	later.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"text/csv": {Schema: text}, "application/jsonl": {Schema: text}, "application/json": {Schema: &huma.Schema{Type: huma.TypeObject}}}}
	later.Responses["202"] = &huma.Response{Description: "Location tells how far it is", Headers: map[string]*huma.Param{"Location": {Schema: text}, "Retry-After": {Schema: text}}}
	api.OpenAPI().AddOperation(&later)
	result := operation(api, http.MethodGet, batchesPath+"/{id}/file", "geocode-batch-file", "The result of a file of addresses")
	result.Parameters = []*huma.Param{{Name: "id", In: "path", Required: true, Schema: text}}
	result.Responses["200"] = &huma.Response{Description: "The rows; GET takes Range", Content: content}
	api.OpenAPI().AddOperation(&result)
}
