package detect

import (
	"fmt"
	"maps"
	"mime"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gabriel-vasile/mimetype"

	"mailpipe/internal/testservers"
)

const (
	// corpusDir is the directory that .ci/corpus fills. It is not committed.
	corpusDir = "../testdata/corpus"
	// corpusList has a line per file: package, path, media type. .ci/corpus-list
	// writes it.
	corpusList = "../testdata/detect/corpus.tsv"
)

// A corpusFile is a file and its media type.
type corpusFile struct{ path, want string }

// readCorpus returns the files of the list that have been fetched.
func readCorpus(t testing.TB) (files []corpusFile) {
	t.Helper()
	testservers.NeedFiles(t, corpusDir+"/.complete", ".ci/corpus")
	list, err := os.ReadFile(corpusList)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(list)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		path := filepath.Join(corpusDir, f[0], f[1])
		if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() {
			files = append(files, corpusFile{path, f[2]})
		}
	}
	return files
}

// A program is one whose answers are judged, in the order of the files.
type program struct {
	name    string
	answers []string
	score   score
}

// TestCorpus measures detection on the corpus and on misleading files. It logs, to
// compare, how good the file name extension, the library alone and file(1) are.
func TestCorpus(t *testing.T) {
	corpus := readCorpus(t)
	if len(corpus) < 800 {
		t.Fatalf("%d files in the corpus: run .ci/corpus", len(corpus))
	}
	files := append(slices.Clone(corpus), writeMisleading(t)...)
	ours := &program{name: "detect"}
	pipe := &program{name: "detect without name"}
	extension := &program{name: "extension"}
	library := &program{name: "mimetype"}
	for _, f := range files {
		file, head := examine(t, f.path)
		ours.answers = append(ours.answers, file.Type)
		pipe.answers = append(pipe.answers, head.Type)
		extension.answers = append(extension.answers, mime.TypeByExtension(filepath.Ext(f.path)))
		m, err := mimetype.DetectFile(f.path)
		if err != nil {
			t.Fatal(err)
		}
		library.answers = append(library.answers, m.String())
	}
	for i, f := range files {
		v := judge(f.want, ours.answers[i])
		ours.score.add(v)
		if v != right {
			t.Errorf("%s: %s, want %s", f.path, ours.answers[i], f.want)
		}
	}
	for i, f := range corpus { // without its name, a misleading file may be anything
		v := judge(f.want, pipe.answers[i])
		if pipe.answers[i] == nameless()[f.want] {
			v = right
		}
		pipe.score.add(v)
		if v == wrong {
			t.Errorf("%s without its name: %s, want %s", f.path, pipe.answers[i], f.want)
		}
	}
	if pipe.score.share(right) < 0.90 {
		t.Errorf("without names, %.1f %% are right, want 90 %%", 100*pipe.score.share(right))
	}
	file := &program{name: "file --mime-type", answers: askFile(t, files)}
	logPrograms(t, files, ours, pipe, extension, library, file)
	logTypes(t, files)
}

// examine returns the Result for a file, and that for its beginning without its
// name.
func examine(t *testing.T, path string) (file, head Result) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if file, err = File(path, f, info.Size()); err != nil {
		t.Fatal(err)
	}
	b, err := readAt(f, 0, HeadSize)
	if err != nil {
		t.Fatal(err)
	}
	return file, Bytes("", b)
}

// logPrograms logs the scores. It judges the answers of a program that has none.
func logPrograms(t *testing.T, files []corpusFile, programs ...*program) {
	for _, p := range programs {
		if p.score.total() == 0 {
			for i, answer := range p.answers {
				p.score.add(judge(files[i].want, answer))
			}
		}
		t.Logf("%-19s %v", p.name, p.score)
	}
}

// logTypes logs how many files of each type there are. There must be 40 types.
func logTypes(t *testing.T, files []corpusFile) {
	types := map[string]int{}
	for _, f := range files {
		types[f.want]++
	}
	var list []string
	for _, name := range slices.Sorted(maps.Keys(types)) {
		list = append(list, fmt.Sprintf("%s %d", name, types[name]))
	}
	t.Logf("%d types: %s", len(types), strings.Join(list, ", "))
	if len(types) < 40 {
		t.Errorf("there are files of %d types, want 40", len(types))
	}
}

// askFile returns the answers of file(1).
func askFile(t *testing.T, files []corpusFile) (answers []string) {
	testservers.Need(t, "file")
	var paths strings.Builder
	for _, f := range files {
		paths.WriteString(f.path + "\n")
	}
	cmd := exec.Command("file", "--brief", "--mime-type", "--files-from", "-")
	cmd.Stdin = strings.NewReader(paths.String())
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	answers = strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(answers) != len(files) {
		t.Fatalf("file(1) gave %d answers for %d files", len(answers), len(files))
	}
	return answers
}
