package detect

import (
	"bufio"
	"fmt"
	"mime"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/gabriel-vasile/mimetype"
)

const (
	// corpusFolder is filled by .ci/corpus, and not committed.
	corpusFolder = "../testdata/corpus"
	// corpusList has a line a file: package, path, type; .ci/corpus-list made it.
	corpusList = "../testdata/detect/corpus.tsv"
)

// needCorpus skips a test where the corpus was not fetched, unless it must be there.
func needCorpus(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("MAILPIPE_TEST_PEERS") == "require" {
		t.Fatalf("%s of the corpus are missing: run .ci/corpus", what)
	}
	t.Skipf("%s of the corpus are not here: .ci/corpus fetches them", what)
}

// specimen is a file and what it is.
type specimen struct{ path, want string }

// readCorpus returns the files of the list that are there.
func readCorpus(t *testing.T) (files []specimen) {
	list, err := os.ReadFile(corpusList)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(list)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		path := filepath.Join(corpusFolder, f[0], f[1])
		if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() {
			files = append(files, specimen{path, f[2]})
		}
	}
	return files
}

// verdict is what became of a question.
type verdict int

const (
	right   verdict = iota
	generic         // true, but less than could be said
	wrong           // confidently so
)

// score counts verdicts.
type score [3]int

func (s *score) add(v verdict) { s[v]++ }

func (s score) total() int { return s[right] + s[generic] + s[wrong] }

func (s score) share(v verdict) float64 { return float64(s[v]) / float64(max(s.total(), 1)) }

func (s score) String() string {
	return fmt.Sprintf("%5d  %5.1f %% exact  %5.1f %% generic  %5.1f %% wrong (%d)",
		s.total(), 100*s.share(right), 100*s.share(generic), 100*s.share(wrong), s[wrong])
}

// judge compares a type with what a file is.
func judge(want, got string) verdict {
	got, _, _ = strings.Cut(got, ";")
	if name := aliases()[got]; name != "" {
		got = name
	}
	if name := aliases()[want]; name != "" {
		want = name
	}
	switch {
	case got == want:
		return right
	case got == "", got == binaryType, got == "inode/x-empty",
		got == textType && !isBinaryKind(want),
		got == "application/zip" && isZipType(want),
		got == "application/xml" && (strings.HasSuffix(want, "+xml") || want == "text/html"),
		got == "application/x-ole-storage" && (strings.HasPrefix(want, "application/vnd.ms-") || want == "application/msword"),
		got == "application/ogg" && strings.HasSuffix(want, "/ogg"):
		return generic
	}
	return wrong
}

// isBinaryKind reports whether no file of a kind can be called text.
func isBinaryKind(want string) bool {
	return strings.HasPrefix(want, "audio/") || strings.HasPrefix(want, "video/") || strings.HasPrefix(want, "font/") ||
		strings.HasPrefix(want, "image/") && want != "image/svg+xml" && want != "image/x-xpixmap" || isZipType(want)
}

// aliases are the names that others give to the same types: nobody is marked
// down for one of them.
var aliases = table(`
application/rtf            text/rtf
application/xml            text/xml
application/gzip           application/x-gzip application/x-compressed-tar image/svg+xml-compressed
application/x-bzip2        application/x-bzip
application/postscript     image/x-eps
application/zip            application/x-wheel+zip
application/vnd.ms-cab-compressed  application/x-cab
application/vnd.microsoft.portable-executable  application/x-dosexec application/x-msdownload application/x-msdos-program application/x-sharedlib-pe
application/x-sharedlib    application/x-pie-executable application/x-executable
application/java-archive   application/x-java-archive
application/vnd.debian.binary-package  application/x-debian-package application/x-deb
application/vnd.sqlite3    application/x-sqlite3
application/vnd.apache.parquet  application/x-parquet
application/x-dbf          application/dbf application/x-dbase application/vnd.dbf
application/pkcs12         application/x-pkcs12
application/pkix-cert      application/x-x509-ca-cert application/x-x509-cert
application/pem-certificate-chain  application/x-pem-file application/x-x509-ca-cert application/x-pem-key
application/x-gettext-translation  application/x-gettext-translation-binary text/x-gettext-translation text/x-po
application/yaml           text/yaml text/x-yaml application/x-yaml
application/toml           text/x-toml
application/sql            text/x-sql
application/x-font-type1   font/x-type1
application/x-cpio         application/x-sv4cpio
image/bmp                  image/x-ms-bmp
image/vnd.microsoft.icon   image/x-icon
image/vnd.adobe.photoshop  image/x-psd
image/x-xpixmap            image/x-xpm image/xpm
image/x-icns               image/icns
font/ttf                   font/sfnt application/x-font-ttf
font/otf                   application/vnd.ms-opentype application/x-font-otf
font/woff                  application/font-woff
audio/wav                  audio/x-wav audio/vnd.wave
audio/flac                 audio/x-flac
audio/aiff                 audio/x-aiff audio/x-aifc
audio/ogg                  audio/x-vorbis+ogg audio/x-opus+ogg audio/opus
audio/mp4                  audio/x-m4a
video/ogg                  video/x-theora+ogg
video/matroska             video/x-matroska
text/x-c                   text/x-csrc text/x-chdr text/x-c++src text/x-c++hdr text/x-c++
text/x-python              text/x-script.python text/x-python3
text/x-perl                application/x-perl
text/x-php                 application/x-php application/x-httpd-php
text/x-ruby                application/x-ruby
text/x-shellscript         application/x-sh application/x-shellscript text/x-sh
text/x-diff                text/x-patch
text/javascript            application/javascript application/x-javascript
text/x-rst                 text/prs.fallenstein.rst
text/plain                 text/x-log
`)

// nameless are the kinds that only a name tells: by a pipe they are text.
var nameless = table(`
text/plain  text/csv text/tab-separated-values text/markdown application/yaml application/toml application/sql text/css
text/plain  text/javascript text/x-python text/x-c text/x-go text/x-ruby text/x-perl text/x-php text/x-lua text/x-shellscript
text/plain  text/x-gettext-translation text/x-rst image/x-xpixmap message/rfc822 text/x-diff application/mbox
`)

// rival is one that answers: the name of it, and its answers in the order of the files.
type rival struct {
	name    string
	answers []string
	score   score
}

// TestCorpus measures detection on files made by others and on such as were
// made to mislead, beside what file, the extension and the library say alone.
func TestCorpus(t *testing.T) {
	files := readCorpus(t)
	if len(files) < 800 {
		needCorpus(t, "files")
	}
	made := len(files) // the first that was made to mislead; without its name it may be anything
	files = append(files, writeLies(t)...)
	ours, pipe := &rival{name: "detect"}, &rival{name: "detect, by a pipe"}
	extension, library := &rival{name: "the extension"}, &rival{name: "mimetype"}
	for _, f := range files {
		h, err := os.Open(f.path)
		if err != nil {
			t.Fatal(err)
		}
		info, _ := h.Stat()
		r, err := File(f.path, h, info.Size())
		if err != nil {
			t.Fatal(err)
		}
		ours.answers = append(ours.answers, r.Type)
		head, _ := readAt(h, 0, HeadSize)
		pipe.answers = append(pipe.answers, Bytes("", head).Type)
		h.Close()
		extension.answers = append(extension.answers, mime.TypeByExtension(filepath.Ext(f.path)))
		m, _ := mimetype.DetectFile(f.path)
		library.answers = append(library.answers, m.String())
	}
	rivals := []*rival{ours, pipe, extension, library}
	if answers := askFile(t, files); answers != nil {
		rivals = append(rivals, &rival{name: "file --mime-type", answers: answers})
	}
	kinds := map[string]int{}
	for i, f := range files {
		kinds[f.want]++
		for _, r := range rivals {
			if r == pipe && i >= made {
				continue
			}
			v := judge(f.want, r.answers[i])
			if r == pipe && r.answers[i] == nameless()[f.want] {
				v = right
			}
			r.score.add(v)
			if (r == ours || r == pipe) && v == wrong || r == ours && v != right {
				t.Errorf("%s: %s is %s, it says %s", r.name, f.path, f.want, r.answers[i])
			}
		}
	}
	for _, r := range rivals {
		t.Logf("%-18s %v", r.name, r.score)
	}
	logKinds(t, kinds)
	if len(kinds) < 40 || ours.score.share(right) < 0.985 || ours.score[wrong] > 0 {
		t.Error("under the bounds: 40 kinds, 98.5 % exact, none wrong")
	}
	if pipe.score.share(right) < 0.90 || pipe.score[wrong] > 0 {
		t.Error("under the bounds by a pipe: 90 % exact, none wrong")
	}
	for _, r := range rivals[2:] {
		if r.score.share(right) >= ours.score.share(right) || r.score[wrong] <= ours.score[wrong] {
			t.Errorf("%s is as good", r.name)
		}
	}
}

func logKinds(t *testing.T, kinds map[string]int) {
	names := make([]string, 0, len(kinds))
	for k, n := range kinds {
		names = append(names, fmt.Sprintf("%s %d", k, n))
	}
	sort.Strings(names)
	t.Logf("%d kinds: %s", len(kinds), strings.Join(names, ", "))
}

// askFile runs file(1) once over all of them; nil where it is not installed.
func askFile(t *testing.T, files []specimen) (answers []string) {
	if _, err := exec.LookPath("file"); err != nil {
		if os.Getenv("MAILPIPE_TEST_PEERS") == "require" {
			t.Fatal("file is not installed")
		}
		t.Log("file is not installed: left out of the table")
		return nil
	}
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
	for lines := bufio.NewScanner(strings.NewReader(string(out))); lines.Scan(); {
		answers = append(answers, lines.Text())
	}
	if len(answers) != len(files) {
		t.Fatalf("file answered %d of %d", len(answers), len(files))
	}
	return answers
}
