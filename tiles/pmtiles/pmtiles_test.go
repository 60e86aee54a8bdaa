package pmtiles

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestNumbers(t *testing.T) {
	t.Parallel()
	// The first tiles as the specification lists them.
	for _, c := range []struct {
		id uint64
		z  uint8
		at [2]uint32
	}{{0, 0, [2]uint32{0, 0}}, {1, 1, [2]uint32{0, 0}}, {2, 1, [2]uint32{0, 1}}, {3, 1, [2]uint32{1, 1}}, {4, 1, [2]uint32{1, 0}}, {5, 2, [2]uint32{0, 0}}, {19078479, 12, [2]uint32{3423, 1763}}} {
		assert.Equal(t, c.id, ID(c.z, c.at[0], c.at[1]))
		z, x, y := Place(c.id)
		assert.Equal(t, c, struct {
			id uint64
			z  uint8
			at [2]uint32
		}{c.id, z, [2]uint32{x, y}})
	}
	rapid.Check(t, func(t *rapid.T) {
		z := uint8(rapid.IntRange(0, MaxZoom-1).Draw(t, "z"))
		x, y := uint32(rapid.IntRange(0, 1<<z-1).Draw(t, "x")), uint32(rapid.IntRange(0, 1<<z-1).Draw(t, "y"))
		id := ID(z, x, y)
		z2, x2, y2 := Place(id)
		require.Equal(t, [3]uint32{uint32(z), x, y}, [3]uint32{uint32(z2), x2, y2})
		for i := range uint64(4) {
			cz, cx, cy := Place(Children(id) + i)
			require.Equal(t, [3]uint32{uint32(z) + 1, x, y}, [3]uint32{uint32(cz), cx / 2, cy / 2}, "a child lies within its parent")
		}
	})
}

// archive writes tiles and answers the file's path.
func archive(t testing.TB, ids []uint64, body func(uint64) []byte, leaf ...int) string {
	path := filepath.Join(t.TempDir(), "a.pmtiles")
	w, err := Create(path)
	require.NoError(t, err)
	if leaf != nil {
		w.leaf = leaf[0]
	}
	for _, id := range ids {
		require.NoError(t, w.Add(id, body(id)))
	}
	_, err = os.Stat(path)
	require.ErrorIs(t, err, os.ErrNotExist, "a file that is not whole has no name")
	require.NoError(t, w.Finish(Description{
		Tiles: Gzip, Bounds: [4]float64{44, 25, 63.3, 39.8}, Center: [3]float64{51.4, 35.7, 3},
		Metadata: map[string]any{"name": "آزمون", "vector_layers": []any{map[string]any{"id": "a", "fields": map[string]any{}}}},
	}))
	left, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, left, 1, "only the file stays")
	return path
}

// plain is a body of its own, except that a third of all tiles have the same as some others.
func plain(id uint64) []byte {
	if id%3 != 0 {
		id = 3*(id/30) + 1
	}
	return fmt.Append(nil, "tile ", id)
}

func TestFilesOfAllSizes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		count, leaf int
		leaves      bool
	}{"one": {1, leafEntries, false}, "few": {1000, leafEntries, false}, "leaves": {40_000, leafEntries, true}, "leaves that are made larger until the root fits": {40_000, 4, true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(1, uint64(c.count)))
			ids, id := make([]uint64, c.count), uint64(0)
			for i := range ids {
				id += 1 + uint64(random.IntN(2)*random.IntN(1000))
				ids[i] = id
			}
			f, err := Open(archive(t, ids, plain, c.leaf))
			require.NoError(t, err)
			defer f.Close()
			assert.EqualValues(t, c.count, f.Addressed)
			assert.Equal(t, c.leaves, f.Header.leaves.length > 0)
			assert.LessOrEqual(t, f.root[len(f.root)-1].id, ids[len(ids)-1])
			assert.LessOrEqual(t, f.Entries, f.Addressed)
			first, _, _ := Place(ids[0])
			last, _, _ := Place(ids[c.count-1])
			assert.Equal(t, [2]uint8{first, last}, [2]uint8{f.MinZoom, f.MaxZoom}, "zooms are those of the tiles")
			var about struct{ Name string }
			require.NoError(t, f.Metadata(&about))
			assert.Equal(t, "آزمون", about.Name)
			at := 0
			for id, b := range f.All() {
				require.NoError(t, b.Err)
				if id != ids[at] || !bytes.Equal(b.Bytes, plain(id)) {
					t.Fatalf("tile %d has %x", id, b.Bytes)
				}
				at++
			}
			assert.Equal(t, c.count, at)
			for range 300 {
				i := random.IntN(c.count)
				b, err := f.Tile(ids[i])
				require.NoError(t, err)
				require.Equal(t, plain(ids[i]), b)
				if i+1 < c.count && ids[i+1] > ids[i]+1 {
					b, err = f.Tile(ids[i] + 1)
					require.NoError(t, err)
					require.Nil(t, b, "a tile that is not there has no body")
				}
			}
		})
	}
}

// Equal bodies are stored once, and a run of them is one entry.
func TestEqualBodiesAreStoredOnce(t *testing.T) {
	t.Parallel()
	ids := []uint64{5, 6, 7, 8, 100, 101, 200}
	f, err := Open(archive(t, ids, func(id uint64) []byte { return fmt.Append(nil, id/100) }))
	require.NoError(t, err)
	defer f.Close()
	// 5–8 have "0", 100 and 101 "1", 200 "2".
	assert.Equal(t, [3]uint64{7, 3, 3}, [3]uint64{f.Addressed, f.Entries, f.Contents})
	assert.EqualValues(t, 3, f.bodies.length)
}

func TestWriterRefuses(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.pmtiles")
	w, err := Create(path)
	require.NoError(t, err)
	require.NoError(t, w.Add(7, []byte("a")))
	assert.ErrorContains(t, w.Add(7, []byte("b")), "tile 7 comes behind tile 7")
	assert.ErrorContains(t, w.Add(3, []byte("b")), "comes behind")
	assert.ErrorContains(t, w.Add(9, nil), "no body")
	require.NoError(t, w.Close())
	left, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	assert.Empty(t, left, "what was not finished leaves nothing behind")
}

// Whatever a file says of itself, reading it ends with tiles or an error, and what it holds lies within it.
func FuzzReader(f *testing.F) {
	for _, count := range []uint64{1, 50, 9000} {
		var ids []uint64
		for id := range count {
			ids = append(ids, id*2)
		}
		b, err := os.ReadFile(archive(f, ids, func(id uint64) []byte { return fmt.Append(nil, id%977) }))
		require.NoError(f, err)
		f.Add(b, uint64(4))
	}
	f.Add([]byte(magic), uint64(0))
	f.Fuzz(func(t *testing.T, b []byte, id uint64) {
		r, err := NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		body, err := r.Tile(id)
		if err == nil {
			require.LessOrEqual(t, len(body), len(b))
		}
		var about any
		_ = r.Metadata(&about)
		seen, last := 0, uint64(0)
		for id, body := range r.All() {
			if seen++; seen > 1000 || body.Err != nil {
				break
			}
			require.LessOrEqual(t, last, id)
			last = id
		}
	})
}

func FuzzDirectory(f *testing.F) {
	f.Add(appendDirectory(nil, []entry{{id: 1, run: 2, len: 3}, {id: 9, run: 1, offset: 3, len: 4}, {id: 90, offset: 1, len: 4}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		entries, err := parseDirectory(b, 1000, 1000)
		if err != nil {
			return
		}
		again, err := parseDirectory(appendDirectory(nil, entries), 1000, 1000)
		require.NoError(t, err)
		require.Equal(t, entries, again)
	})
}

// The reader that browsers use reads our files as we do.
func TestReaderOfBrowsers(t *testing.T) {
	t.Parallel()
	_, here, _, _ := runtime.Caller(0)
	web := filepath.Join(filepath.Dir(here), "../../web")
	if _, err := os.Stat(filepath.Join(web, "node_modules/pmtiles")); err != nil {
		t.Skip("the npm package pmtiles is not installed: npm ci in web")
	}
	var ids []uint64
	for id := range uint64(30_000) {
		ids = append(ids, First(8)+id*2-id%2)
	}
	var bodies [97][]byte
	for i := range bodies {
		var err error
		bodies[i], err = new(packer).pack(fmt.Append(nil, "tile ", i))
		require.NoError(t, err)
	}
	path := archive(t, ids, func(id uint64) []byte { return bodies[id%97] })
	out, err := exec.CommandContext(t.Context(), "node", filepath.Join(web, "test/pmtiles.mjs"), path, "8/0/0", "8/0/1", "8/200/100", "8/77/31").Output()
	require.NoError(t, err)
	var said struct {
		Header map[string]any
		About  map[string]any
		Tiles  map[string][]byte
	}
	require.NoError(t, json.Unmarshal(out, &said), string(out))
	assert.EqualValues(t, 30_000, said.Header["numAddressedTiles"])
	assert.Equal(t, true, said.Header["clustered"])
	assert.EqualValues(t, 44, said.Header["minLon"])
	assert.EqualValues(t, 39.8, said.Header["maxLat"])
	assert.Equal(t, "آزمون", said.About["name"])
	f, err := Open(path)
	require.NoError(t, err)
	defer f.Close()
	there := 0
	for name, theirs := range said.Tiles {
		var z uint8
		var x, y uint32
		_, err := fmt.Sscanf(name, "%d/%d/%d", &z, &x, &y)
		require.NoError(t, err)
		ours, err := f.Tile(ID(z, x, y))
		require.NoError(t, err)
		if ours != nil {
			there++
			ours, err = unpacked(ours, Gzip)
			require.NoError(t, err)
		}
		assert.Equal(t, ours, theirs, name)
	}
	assert.Len(t, said.Tiles, 4)
	assert.Positive(t, there)
	assert.Less(t, there, 4, "one of the tiles is not in the file")
}

// The command line of the format's makers finds nothing wrong with our files.
func TestProgramOfTheFormat(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath(cmp.Or(os.Getenv("NSDI_GO_PMTILES"), "go-pmtiles"))
	if err != nil {
		t.Skip("go-pmtiles is not here: make pmtiles builds it and runs this test")
	}
	for _, count := range []uint64{1, 3000, 60_000} {
		var ids []uint64
		for id := range count {
			ids = append(ids, First(9)+id*3/2)
		}
		path := archive(t, ids, plain)
		out, err := exec.CommandContext(t.Context(), program, "verify", path).CombinedOutput()
		require.NoError(t, err, string(out))
		require.Contains(t, string(out), "Completed verify")
		z, x, y := Place(ids[len(ids)/2])
		body, err := exec.CommandContext(t.Context(), program, "tile", path, fmt.Sprint(z), fmt.Sprint(x), fmt.Sprint(y)).Output()
		require.NoError(t, err)
		require.Equal(t, plain(ids[len(ids)/2]), body)
	}
}
