package layers

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/jackc/pgx/v5"

	"nsdi/layers/reading"
)

// Receive records a delivery and has the work on it begin. A delivery whose theme, agency, territory or mapping cannot be is refused at once with *errs.Error,
// and is no submission.
func (im *Importer) Receive(ctx context.Context, req Request) (*Submission, error) {
	return im.receive(ctx, req, im.enqueue)
}

func (im *Importer) receive(ctx context.Context, req Request, enqueue func(context.Context, pgx.Tx, int64) error) (*Submission, error) {
	if req.Mode == "" {
		req.Mode = Replace
	}
	if req.Through == "" {
		req.Through = Published
	}
	var id int64
	folder := ""
	err := pgx.BeginFunc(ctx, im.Pool, func(tx pgx.Tx) error {
		dataset, err := im.address(ctx, tx, &req)
		if err != nil {
			return err
		}
		tracking, err := im.opened(ctx, tx, &req)
		if err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, `select nextval(pg_get_serial_sequence('layers.submission', 'id'))`).Scan(&id); err != nil {
			return err
		}
		options, err := json.Marshal(req.Mapping)
		if err != nil {
			return err
		}
		state := Received
		if req.Theme != "" && req.Through != Inspected { // everything was confirmed with the delivery
			state = Confirmed
		}
		_, err = tx.Exec(ctx, `
			insert into layers.submission (id, dataset_id, agency_id, theme, territory, state, mode, through, files, options, allow_removals, tracking,
			  uploaded_by_person, uploaded_by_key, received_at, expected)
			overriding system value
			select $1, nullif($2::bigint, 0), a.id, nullif($4, ''), nullif($5, ''), $6, $7, $8, '[]', $9, $10, nullif($11, ''), nullif($12::bigint, 0),
			  nullif($13::bigint, 0), $14, $15
			from access.agency a
			where a.code = $3`, id, dataset, req.Agency, req.Theme, req.Territory, state, req.Mode, req.Through, options, req.AllowRemovals, tracking,
			req.Person, req.Key, im.Now(), req.Expected)
		if err != nil {
			return err
		}
		var files []File
		if files, folder, err = im.keep(ctx, tx, &req, id, tracking); err != nil {
			return err
		}
		list, err := json.Marshal(append([]File{}, files...))
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update layers.submission set files = $2, folder = nullif($3, '') where id = $1`, id, list, folder); err != nil {
			return err
		}
		if err := setProfile(ctx, tx, id, req.Profile); err != nil {
			return err
		}
		return enqueue(ctx, tx, id)
	})
	if err != nil {
		if folder != "" && req.Attach == nil {
			err = errors.Join(err, os.RemoveAll(filepath.Join(im.Dir, folder)))
		}
		return nil, fmt.Errorf("receive: %w", err)
	}
	return submissionByID(ctx, im.Pool, id)
}

func (im *Importer) enqueue(ctx context.Context, tx pgx.Tx, id int64) error {
	if im.Queue == nil {
		return nil
	}
	return im.Queue.Enqueue(ctx, tx, id)
}

// address checks what the delivery says of itself, and answers the dataset when the theme is known.
func (im *Importer) address(ctx context.Context, tx pgx.Tx, req *Request) (int64, error) {
	if req.Theme == "" {
		_, _, err := agencyAt(ctx, tx, req.Agency, req.Territory)
		return 0, err
	}
	theme, err := findTheme(ctx, tx, req.Theme)
	if err != nil {
		return 0, err
	}
	if err := req.Mapping.check(theme); err != nil {
		return 0, err
	}
	store, err := im.storeOf(theme)
	if err != nil {
		return 0, err
	}
	if err := req.Mapping.checkPlate(store); err != nil {
		return 0, err
	}
	if _, err := req.Mapping.options(); err != nil {
		return 0, err
	}
	set, err := openDataset(ctx, tx, req.Theme, req.Agency, req.Territory)
	if err != nil {
		return 0, err
	}
	return set.id, nil
}

// keep brings the files to the folder of the submission, so that each is on the disk before the delivery is acknowledged.
func (im *Importer) keep(ctx context.Context, tx pgx.Tx, req *Request, id int64, tracking string) ([]File, string, error) {
	if im.Dir == "" && req.Content != nil {
		return nil, "", errors.New("keeping the files: no folder of deliveries is wired")
	}
	if im.Dir == "" && req.Attach == nil {
		files, err := describe(req.Files)
		return files, "", err
	}
	folder := tracking
	if folder == "" {
		folder = "s-" + strings.ToLower(rand.Text())
	}
	path := filepath.Join(im.Dir, folder)
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, "", fmt.Errorf("keeping the files: %w", err)
	}
	if req.Attach != nil {
		files, err := req.Attach(ctx, tx, id, path)
		return files, folder, err
	}
	if req.Content != nil {
		files, err := keepContent(req.Content, path)
		return files, folder, err
	}
	files, err := copyFiles(ctx, req.Files, path)
	return files, folder, err
}

// describe names the files with size and checksum, as they are recorded. A missing file is told by the reader.
func describe(names []string) ([]File, error) {
	var out []File
	for _, name := range names {
		path, err := filepath.Abs(name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		file := File{Name: filepath.Base(name), Path: path}
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
			f, err := os.Open(name)
			if err != nil {
				return nil, fmt.Errorf("read %s: %w", name, err)
			}
			sum := sha256.New()
			file.Bytes, err = io.Copy(sum, f)
			f.Close()
			if err != nil {
				return nil, fmt.Errorf("read %s: %w", name, err)
			}
			file.SHA256 = hex.EncodeToString(sum.Sum(nil))
		}
		out = append(out, file)
	}
	return out, nil
}

// copyFiles copies the files into a folder, a bare shapefile with the files beside it, and answers when they are on the disk.
func copyFiles(ctx context.Context, names []string, folder string) ([]File, error) {
	var out []File
	var all []string
	for _, name := range names {
		all = append(all, reading.WithSideFiles(name)...)
	}
	for _, name := range all {
		info, err := os.Stat(name)
		if err != nil || !info.Mode().IsRegular() {
			path, _ := filepath.Abs(name) // what is not there, or is no file, is told by the reader under the name that was given
			out = append(out, File{Name: filepath.Base(name), Path: path})
			continue
		}
		to := storedName(filepath.Base(name), len(out))
		if slices.ContainsFunc(out, func(f File) bool { return f.Name == to }) { // two of one name, from two folders
			to = fmt.Sprintf("%d-%s", len(out)+1, to)
		}
		f, err := copyFile(ctx, name, filepath.Join(folder, to))
		if err != nil {
			return nil, fmt.Errorf("keeping %s: %w", name, err)
		}
		out = append(out, *f)
	}
	dir, err := os.Open(folder)
	if err != nil {
		return nil, fmt.Errorf("keeping the files: %w", err)
	}
	defer dir.Close()
	if err := dir.Sync(); err != nil {
		return nil, fmt.Errorf("keeping the files: %w", err)
	}
	return out, nil
}

func copyFile(ctx context.Context, from, to string) (*File, error) {
	source, err := os.Open(from)
	if err != nil {
		return nil, err
	}
	defer source.Close()
	target, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(target, sum), readerOf(ctx, source))
	if err == nil {
		err = target.Sync()
	}
	if closed := target.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return nil, err
	}
	return &File{Name: filepath.Base(to), Bytes: n, SHA256: hex.EncodeToString(sum.Sum(nil))}, nil
}

// readerOf ends with the context.
func readerOf(ctx context.Context, r io.Reader) io.Reader { return contextReader{ctx, r} }

type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// storedName is a name that a file can have in the folder: as it was given, without what is a path or cannot be seen.
func storedName(name string, n int) string {
	name = strings.Map(func(r rune) rune {
		if r == '/' || r == '\\' || unicode.IsControl(r) {
			return '_'
		}
		return r
	}, name)
	if name == "" || name == "." || name == ".." || len(name) > 200 {
		return fmt.Sprintf("file-%d%s", n, filepath.Ext(name[max(0, len(name)-10):]))
	}
	return name
}
