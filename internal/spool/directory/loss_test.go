package directory

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"mailpipe/internal/spool"
	"mailpipe/internal/statedir"
)

// A disk is a file system in memory that loses what was not synced when the power
// fails: any part of the content of a file, and any of the changes of names in a
// directory.
type disk struct {
	dirs  map[string]*memDir
	calls int
	crash func(*disk) // called after each call; may be nil
}

type memDir struct {
	durable map[string]*node // the names at the last sync
	changes []change         // of names, since then
}

// A change of names in a directory: a name is removed, another one is set, or both
// at once, as rename does.
type change struct {
	remove string
	set    string
	node   *node
}

type node struct {
	data   []byte
	synced int // octets of data that are durable
	locked bool
}

func newDisk() *disk {
	return &disk{dirs: map[string]*memDir{"/": {durable: map[string]*node{}}}}
}

// names returns the names in a directory with the first n changes that keep
// selects.
func (d *memDir) names(keep func(i int) bool) map[string]*node {
	names := maps.Clone(d.durable)
	for i, c := range d.changes {
		if keep(i) {
			delete(names, c.remove)
			if c.set != "" {
				names[c.set] = c.node
			}
		}
	}
	return names
}

func all(int) bool { return true }

// called ends a call.
func (d *disk) called() {
	d.calls++
	if d.crash != nil {
		d.crash(d)
	}
}

// find returns the directory and the node of a path. Directories are not nodes.
func (d *disk) find(path string) (dir *memDir, n *node) {
	dir = d.dirs[filepath.Dir(path)]
	if dir == nil {
		return nil, nil
	}
	return dir, dir.names(all)[filepath.Base(path)]
}

func (d *disk) Mkdir(path string) error {
	if d.dirs[path] != nil {
		return fs.ErrExist
	}
	d.dirs[path] = &memDir{durable: map[string]*node{}}
	return nil
}

func (d *disk) Create(path string) (statedir.File, error) {
	dir, n := d.find(path)
	switch {
	case dir == nil:
		return nil, fs.ErrNotExist
	case n != nil:
		return nil, fs.ErrExist
	}
	n = new(node)
	dir.changes = append(dir.changes, change{set: filepath.Base(path), node: n})
	d.called()
	return &memFile{disk: d, node: n}, nil
}

func (d *disk) Open(path string) (statedir.File, error) {
	if _, n := d.find(path); n != nil {
		return &memFile{disk: d, node: n}, nil
	}
	return nil, fs.ErrNotExist
}

func (d *disk) Lstat(path string) (fs.FileInfo, error) {
	if d.dirs[path] != nil {
		return memInfo{name: path, mode: fs.ModeDir | 0o700}, nil
	}
	if _, n := d.find(path); n != nil {
		return memInfo{name: path, mode: 0o600, size: len(n.data)}, nil
	}
	return nil, fs.ErrNotExist
}

func (d *disk) List(path string) ([]string, error) {
	if d.dirs[path] == nil {
		return nil, fs.ErrNotExist
	}
	return slices.Sorted(maps.Keys(d.dirs[path].names(all))), nil
}

func (d *disk) Rename(from, to string) error {
	dir, n := d.find(from)
	if n == nil {
		return fs.ErrNotExist
	}
	dir.changes = append(dir.changes, change{remove: filepath.Base(from), set: filepath.Base(to), node: n})
	d.called()
	return nil
}

func (d *disk) Remove(path string) error {
	dir, n := d.find(path)
	if n == nil {
		return fs.ErrNotExist
	}
	dir.changes = append(dir.changes, change{remove: filepath.Base(path)})
	d.called()
	return nil
}

func (d *disk) SyncDir(path string) error {
	dir := d.dirs[path]
	if dir == nil {
		return fs.ErrNotExist
	}
	dir.durable, dir.changes = dir.names(all), nil
	d.called()
	return nil
}

type memFile struct {
	disk *disk
	node *node
	lock bool
}

func (f *memFile) ReadAt(p []byte, off int64) (int, error) {
	return bytes.NewReader(f.node.data).ReadAt(p, off)
}

func (f *memFile) Write(p []byte) (int, error) {
	f.node.data = append(f.node.data, p...)
	f.disk.called()
	return len(p), nil
}

func (f *memFile) Sync() error {
	f.node.synced = len(f.node.data)
	f.disk.called()
	return nil
}

func (f *memFile) Stat() (fs.FileInfo, error) {
	return memInfo{mode: 0o600, size: len(f.node.data)}, nil
}

func (f *memFile) Lock() (bool, error) {
	if f.lock || f.node.locked {
		return f.lock, nil
	}
	f.lock, f.node.locked = true, true
	return true, nil
}

func (f *memFile) Close() error {
	if f.lock {
		f.lock, f.node.locked = false, false
	}
	return nil
}

type memInfo struct {
	name string
	mode fs.FileMode
	size int
}

func (i memInfo) Name() string       { return filepath.Base(i.name) }
func (i memInfo) Size() int64        { return int64(i.size) }
func (i memInfo) Mode() fs.FileMode  { return i.mode }
func (i memInfo) ModTime() time.Time { return time.Now() }
func (i memInfo) IsDir() bool        { return i.mode.IsDir() }
func (i memInfo) Sys() any           { return nil }

// states calls f with what is on the disk after the power failed: with each
// combination of what may be lost, or with as many random ones as limit says.
func (d *disk) states(limit int, f func(*disk)) int {
	changes := 0
	for _, dir := range d.dirs {
		changes += len(dir.changes)
	}
	damages := d.damages()
	if changes <= 4 {
		n := 0
		for mask := range 1 << changes {
			for _, damage := range damages {
				f(d.after(func(i int) bool { return mask>>i&1 == 1 }, damage))
				n++
			}
		}
		return n
	}
	for range limit {
		f(d.after(func(int) bool { return rand.N(2) == 0 }, damages[rand.N(len(damages))]))
	}
	return limit
}

// damages returns what may be left of the octets that were not synced: any number
// of them, or zeros in their place. Of a long text, not every length is tried.
func (d *disk) damages() []func([]byte) []byte {
	longest := 0
	for _, dir := range d.dirs {
		for _, n := range dir.names(all) {
			longest = max(longest, len(n.data)-n.synced)
		}
	}
	list := []func([]byte) []byte{func(p []byte) []byte { return p }}
	if longest > 0 {
		list = append(list, func(p []byte) []byte { return make([]byte, len(p)) })
	}
	for length := 0; length < longest; length += max(1, longest/50) {
		list = append(list, func(p []byte) []byte { return p[:min(length, len(p))] })
	}
	return list
}

// after returns the disk after a crash that kept some changes of names, numbered
// over all directories.
func (d *disk) after(keep func(int) bool, damage func([]byte) []byte) *disk {
	left := newDisk()
	nodes := map[*node]*node{}
	first := 0
	for _, path := range slices.Sorted(maps.Keys(d.dirs)) {
		dir := d.dirs[path]
		names := dir.names(func(i int) bool { return keep(first + i) })
		first += len(dir.changes)
		left.dirs[path] = &memDir{durable: map[string]*node{}}
		for name, n := range names {
			if nodes[n] == nil {
				data := slices.Concat(n.data[:n.synced], damage(n.data[n.synced:]))
				nodes[n] = &node{data: data, synced: len(data)}
			}
			left.dirs[path].durable[name] = nodes[n]
		}
	}
	return left
}

// When the power fails, no message is lost, and none is sent twice without a
// report, whatever was not synced.
func TestPowerFailure(t *testing.T) {
	states := 0
	for _, sc := range scenarios {
		t.Run(sc.name, func(t *testing.T) {
			d := newDisk()
			h := newHistory()
			a, b := openOn(t, d, "/a"), openOn(t, d, "/b")
			d.crash = func(d *disk) {
				states += d.states(300, func(left *disk) {
					if err := checkDisk(h, left); err != nil && !t.Failed() {
						t.Errorf("call %d: %v\n%s", d.calls, err, left)
					}
				})
			}
			if err := sc.run(a, b, h); err != nil {
				t.Fatal(err)
			}
		})
	}
	t.Logf("%d states in %d scenarios", states, len(scenarios))
}

func openOn(t *testing.T, d *disk, dir string) *spool.Spool {
	t.Helper()
	s, err := openWith(dir, d, true)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func checkDisk(h *history, d *disk) error {
	a, err := openWith("/a", d, false)
	if err != nil {
		return err
	}
	b, err := openWith("/b", d, false)
	if err != nil {
		return err
	}
	if err := h.check(a, b); err != nil {
		return err
	}
	if err := checkSwept(a); err != nil {
		return err
	}
	return checkSwept(b)
}

// String lists the files.
func (d *disk) String() string {
	var b bytes.Buffer
	for _, path := range slices.Sorted(maps.Keys(d.dirs)) {
		for name, n := range d.dirs[path].names(all) {
			fmt.Fprintf(&b, "%s/%s: %.60q\n", path, name, n.data)
		}
	}
	return b.String()
}
