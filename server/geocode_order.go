package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5"

	"nsdi/gnaf/batch"
	"nsdi/internal/errs"
	"nsdi/layers"
	"nsdi/layers/upload"
)

const (
	batchesPath  = "/v1/geocode/batches"
	batchErrand  = "geocode"
	maxBatchFile = 256 << 20 // of one request; more comes by resumable upload
)

type batchOrderBody struct {
	ID       string           `json:"id"`
	State    string           `json:"state" enum:"waiting,making,ready,failed,cancelled"`
	Format   string           `json:"format" enum:"csv,jsonl"`
	Bytes    int64            `json:"bytes" doc:"Of the file"`
	Rows     *int64           `json:"rows" doc:"Of the file; null until they are counted"`
	Done     int64            `json:"done" doc:"Rows that were looked up"`
	Levels   map[string]int64 `json:"levels" doc:"Rows by level of what was found"`
	Asked    time.Time        `json:"asked_at"`
	Finished *time.Time       `json:"finished_at"`
	File     string           `json:"file,omitempty" doc:"Where the result is, when it is ready; of a file that failed on its way, the rows that were done, with a last one that says why. It is kept for a week"`
	Problem  *Problem         `json:"problem,omitempty" doc:"Why it failed"`
}

func tellBatch(o *batch.Order) *batchOrderBody {
	b := &batchOrderBody{
		ID: o.ID, State: o.State, Format: string(o.Format), Bytes: o.Bytes, Rows: o.Rows, Done: o.Summary.Rows, Levels: o.Summary.Levels, Asked: o.Asked.UTC(), Finished: o.Finished,
	}
	if b.Levels == nil {
		b.Levels = map[string]int64{}
	}
	if o.HasFile() {
		b.File = batchesPath + "/" + o.ID + "/file"
	}
	if t := o.Problem; t != nil {
		b.Problem = problem(&errs.Error{Code: t.Code, Status: t.Status, Op: "batch", Title: t.Title, Detail: t.Detail, Next: t.Next})
	}
	return b
}

// batchErrands is how files of addresses are looked up in the background. Rows count as in a request.
func (s *server) batchErrands() layers.Errand {
	admit := func(o *batch.Order) func(context.Context, int) error {
		if o.Key == 0 {
			return nil
		}
		return s.admitKeyRows(o.Key)
	}
	return layers.Errand{
		Kind: batchErrand, Open: s.Batches.Open,
		Work: func(ctx context.Context, id string, last bool) error {
			return s.Batches.Work(ctx, s.Finder, admit, id, last)
		},
	}
}

// orderBatch answers POST /v1/geocode/batches: the body is the file, or names an upload.
func (s *server) orderBatch(w http.ResponseWriter, r *http.Request) {
	o, err := s.placeBatch(w, r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Location", batchesPath+"/"+o.ID)
	h.Set("Retry-After", "5")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	_ = json.NewEncoder(w).Encode(tellBatch(o)) // who is gone finds it by asking again
}

func (s *server) placeBatch(w http.ResponseWriter, r *http.Request) (o *batch.Order, err error) {
	if s.Jobs == nil || s.Batches == nil {
		return nil, takesNothing()
	}
	options, err := batchOptions(r)
	if err != nil {
		return nil, err
	}
	if err := options.Check(); err != nil {
		return nil, err
	}
	id, err := s.Batches.Begin()
	if err != nil {
		return nil, err
	}
	who := creator(r.Context())
	o = &batch.Order{ID: id, Person: who.Person, Key: who.Key, Columns: options.Columns, Format: options.Format}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Batches.Remove(id))
		}
	}()
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "application/json" {
		o.Bytes, err = s.borrow(r, who, o)
	} else {
		o.Bytes, err = s.receive(w, r, s.Batches.In(id))
	}
	if err != nil {
		return nil, err
	}
	return o, pgx.BeginFunc(r.Context(), s.System, func(tx pgx.Tx) error {
		if err := s.Batches.Place(r.Context(), tx, o); err != nil {
			return err
		}
		return s.Jobs.Send(r.Context(), tx, batchErrand, id)
	})
}

// receive writes the body down. It takes as long as it moves.
func (s *server) receive(w http.ResponseWriter, r *http.Request, name string) (int64, error) {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	c := http.NewResponseController(w)
	body, total := http.MaxBytesReader(w, r.Body, maxBatchFile), int64(0)
	for {
		_ = c.SetReadDeadline(time.Now().Add(batchIdle))
		_ = c.SetWriteDeadline(time.Now().Add(2 * batchIdle))
		n, err := io.CopyN(file, body, 1<<20)
		total += n
		var large *http.MaxBytesError
		switch {
		case errors.Is(err, io.EOF):
			return total, file.Sync()
		case errors.As(err, &large):
			return 0, &errs.Error{
				Code: "file-too-large", Status: http.StatusRequestEntityTooLarge, Op: "server.orderBatch", Location: "body",
				Title:  errs.T("پرونده بزرگ است", "The file is large"),
				Detail: errs.Tf("در یک درخواست %d مگابایت گرفته می‌شود.", "One request takes %d MB.", maxBatchFile>>20),
				Next:   errs.T(`آن را در ‎/v1/uploads‎ بارگذاری کنید و {"upload": "شناسه"} بفرستید.`, `Upload it at /v1/uploads, and send {"upload": "id"}.`),
			}
		case err != nil:
			return 0, fmt.Errorf("receiving a file: %w", err)
		}
	}
}

// borrow takes a file that was handed over by resumable upload.
func (s *server) borrow(r *http.Request, who upload.Creator, o *batch.Order) (int64, error) {
	var body struct {
		Upload string `json:"upload"`
		Format string `json:"format"`
	}
	refused := &errs.Error{
		Code: "request-invalid", Status: http.StatusUnprocessableEntity, Op: "server.orderBatch", Location: "body.upload",
		Title: errs.T("درخواست درست نیست", "The request is not valid"),
		Next:  errs.T(`پرونده را بفرستید، یا {"upload": "شناسه بارگذاری", "format": "csv"}.`, `Send the file, or {"upload": "id of the upload", "format": "csv"}.`),
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, 4<<10)).Decode(&body); err != nil || body.Upload == "" {
		return 0, refused
	}
	switch o.Format = batch.Format(body.Format); o.Format {
	case "":
		o.Format = batch.CSV
	case batch.CSV, batch.JSONL:
	default:
		refused.Location = "body.format"
		return 0, refused
	}
	if s.Uploads == nil {
		return 0, takesNothing()
	}
	return s.Uploads.Lend(r.Context(), body.Upload, who, s.Batches.In(o.ID))
}

type geocodeBatchInput struct {
	ID string `path:"id" maxLength:"64" doc:"As Location told it"`
}

func (s *server) ownBatch(ctx context.Context, id string) (*batch.Order, error) {
	if s.Batches == nil {
		return nil, takesNothing()
	}
	who := creator(ctx)
	return s.Batches.Find(ctx, id, who.Person, who.Key)
}

// batchOrder answers GET /v1/geocode/batches/{id}.
func (s *server) batchOrder(ctx context.Context, in *geocodeBatchInput) (*batchOrderBody, error) {
	o, err := s.ownBatch(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return tellBatch(o), nil
}

// cancelBatch answers DELETE /v1/geocode/batches/{id}: what is under way ends, and its files go.
func (s *server) cancelBatch(ctx context.Context, in *geocodeBatchInput) (*output[batchOrderBody], error) {
	o, err := s.ownBatch(ctx, in.ID)
	if err == nil {
		err = s.Batches.Cancel(ctx, o)
	}
	if err != nil {
		return nil, err
	}
	return &output[batchOrderBody]{CacheControl: "no-store", Body: tellBatch(o)}, nil
}

// batchFile answers GET /v1/geocode/batches/{id}/file, whole or in ranges.
func (s *server) batchFile(w http.ResponseWriter, r *http.Request) {
	o, err := s.ownBatch(r.Context(), chi.URLParam(r, "id"))
	if err == nil && !o.HasFile() {
		err = &errs.Error{
			Code: "batch-not-ready", Status: http.StatusConflict, Op: "server.batchFile", Location: "path.id", Value: o.ID,
			Title: errs.T("پرونده هنوز آماده نیست", "The file is not ready yet"),
			Next:  errs.Tf("وضعیت را در ‎%s/%s‎ بپرسید.", "Ask for its state at %s/%s.", batchesPath, o.ID),
		}
	}
	var file *os.File
	if err == nil {
		file, err = os.Open(s.Batches.Out(o.ID))
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	defer file.Close()
	c := http.NewResponseController(w)
	_ = c.SetReadDeadline(time.Time{})
	_ = c.SetWriteDeadline(time.Now().Add(downloadTime))
	w.Header().Set("Content-Type", map[batch.Format]string{batch.CSV: "text/csv; charset=utf-8", batch.JSONL: "application/jsonl"}[o.Format])
	w.Header().Set("Content-Disposition", `attachment; filename="geocoded.`+string(o.Format)+`"`)
	w.Header().Set("Cache-Control", "private, no-store")
	w.Header().Set("ETag", `"`+o.ID+`"`)
	http.ServeContent(w, r, "", *o.Finished, file)
}

// batchAPI is what /openapi.json tells of files of addresses.
func (s *server) batchAPI(api huma.API) {
	get(s, api, batchesPath+"/{id}", "geocode-batch-state", "How far a file of addresses is that is looked up in the background", s.batchOrder)
	respond(s, api, operation(api, http.MethodDelete, batchesPath+"/{id}", "cancel-geocode-batch", "Cancel a file of addresses, and have it forgotten"), s.cancelBatch)
	describeBatch(api)
}
