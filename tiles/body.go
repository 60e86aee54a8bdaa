package tiles

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// coding is a way in which a body is sent.
type coding uint8

const (
	identity coding = iota
	gzipped
	zstandard
	brotlied // of tiles that were made beforehand only
	codings
)

// names are those of Content-Encoding.
func (c coding) name() string { return [codings]string{"", "gzip", "zstd", "br"}[c] }

// Tile is a made tile. Its body is empty when the layer has nothing there. A form is made when somebody asks for it first, and then kept; the raw body goes when there is
// another form. It is safe for concurrent use.
type Tile struct {
	version string // of the layer
	hash    string // of the raw body
	size    int    // of the raw body
	stale   bool

	restricted bool // it is not for everybody
	*forms
}

type forms struct {
	made  [codings]atomic.Pointer[form]
	mutex sync.Mutex // of making one
	*packers
	// rest reads the body as it was packed by brotli beforehand, nil where that fails. It is nil where there is none.
	rest func() []byte
	lost atomic.Bool // rest has failed
	kept func()      // tells the cache that the tile has another weight; may be nil
}

// form is a body as it is sent, with the header fields that belong to it.
type form struct {
	bytes                []byte   // nil where they are in a file
	file                 *os.File // may be nil
	size                 int
	etag, length, coding []string
}

func newTile(p *packers, version string, body []byte) *Tile {
	sum := sha256.Sum256(body)
	t := &Tile{version: version, hash: hex.EncodeToString(sum[:12]), size: len(body), forms: &forms{packers: p}}
	t.put(identity, bytes.Clone(body))
	return t
}

// packedTile is a tile whose body is packed by gzip already.
func packedTile(p *packers, version string, raw, packed []byte) *Tile {
	t := newTile(p, version, raw)
	t.put(gzipped, packed)
	t.made[identity].Store(nil)
	return t
}

func (t *Tile) put(c coding, body []byte) *form {
	f := &form{bytes: body, size: len(body), etag: []string{t.tag(c)}, length: []string{strconv.Itoa(len(body))}}
	if c != identity {
		f.coding = []string{c.name()}
		t.packers.toFile(f)
	}
	t.made[c].Store(f)
	return f
}

// tag is the strong ETag of a form: different bytes have different ones.
func (t *Tile) tag(c coding) string {
	if c == identity {
		return `"` + t.hash + `"`
	}
	return `"` + t.hash + "-" + c.name() + `"`
}

// weight is what the tile takes in memory.
func (t *Tile) weight() uint32 {
	n := 512
	for i := range t.made {
		if f := t.made[i].Load(); f != nil {
			n += f.size
		}
	}
	return uint32(n)
}

// form answers the body in a form, and makes it where nobody has asked for it yet.
func (t *Tile) form(c coding) (*form, error) {
	if f := t.made[c].Load(); f != nil {
		return f, nil
	}
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if f := t.made[c].Load(); f != nil {
		return f, nil
	}
	if c == brotlied {
		return t.fromRest()
	}
	raw, err := t.raw()
	if err != nil {
		return nil, fmt.Errorf("unpacking a tile: %w", err)
	}
	if c == identity { // whoever takes nothing else is rare: it is not kept
		return &form{bytes: raw, size: len(raw), etag: []string{t.tag(c)}, length: []string{strconv.Itoa(len(raw))}}, nil
	}
	packed, err := t.packers.pack(c, raw)
	if err != nil {
		return nil, fmt.Errorf("compressing a tile: %w", err)
	}
	f := t.put(c, packed)
	t.made[identity].Store(nil)
	if t.kept != nil {
		t.kept()
	}
	return f, nil
}

// errLost says that a form is not there any more, and another one has to do.
var errLost = errors.New("the tile cannot be read as it was packed beforehand")

func (t *Tile) fromRest() (*form, error) {
	body := t.rest()
	if body == nil {
		t.lost.Store(true)
		return nil, errLost
	}
	f := t.put(brotlied, body)
	if t.kept != nil {
		t.kept()
	}
	return f, nil
}

func (t *Tile) raw() ([]byte, error) {
	if f := t.made[identity].Load(); f != nil {
		return f.body(), nil
	}
	if f := t.made[gzipped].Load(); f != nil {
		z, err := gzip.NewReader(bytes.NewReader(f.body()))
		if err != nil {
			return nil, err
		}
		out := bytes.NewBuffer(make([]byte, 0, t.size+bytes.MinRead))
		_, err = io.Copy(out, z)
		return out.Bytes(), err
	}
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.DecodeAll(t.made[zstandard].Load().body(), make([]byte, 0, t.size))
}

// packers are compressors that nothing is compressed with at the moment: their tables are large. They count the files that bodies are in.
type packers struct {
	gzip, zstd sync.Pool
	copies     sync.Pool // buffers for bodies in files, where they are not sent from there
	files      atomic.Int64
}

// gzipLevel makes bodies 3 % larger than level 6 does, in two thirds of the time.
const gzipLevel = 5

func (p *packers) pack(c coding, raw []byte) ([]byte, error) {
	var out bytes.Buffer
	if c == gzipped {
		z, ok := p.gzip.Get().(*gzip.Writer)
		if !ok {
			z, _ = gzip.NewWriterLevel(nil, gzipLevel) // a level that there is
		}
		defer p.gzip.Put(z)
		z.Reset(&out)
		if _, err := z.Write(raw); err != nil {
			return nil, err
		}
		if err := z.Close(); err != nil {
			return nil, err
		}
		return bytes.Clone(out.Bytes()), nil
	}
	z, ok := p.zstd.Get().(*zstd.Encoder)
	if !ok {
		var err error
		if z, err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20)); err != nil {
			return nil, err
		}
	}
	defer p.zstd.Put(z)
	return bytes.Clone(z.EncodeAll(raw, make([]byte, 0, len(raw)/2))), nil
}
