package repair

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"mailpipe/internal/message"
	"mailpipe/internal/testservers"
)

// corpusDir is the directory that .ci/corpus fills. It is not committed.
const corpusDir = "../../testdata/corpus"

// Real mail that deliver accepts comes out byte for byte, unless its header is
// neither ASCII nor UTF-8. What must be true of every repair is true of all mail.
func TestCorpus(t *testing.T) {
	testservers.NeedFiles(t, corpusDir+"/.complete", ".ci/corpus")
	dir, err := filepath.EvalSymlinks(corpusDir)
	if err != nil {
		t.Fatal(err)
	}
	all, unchanged, repairedMails := 0, 0, 0
	err = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		in, err := os.ReadFile(name)
		if err != nil || !isMail(in) {
			return err
		}
		all++
		_, repairs, err := readAll(t, bytes.NewReader(in), Options{})
		sent, ok := accepted(withIdentifiers(in))
		if ok && len(repairs) == 0 && err == nil {
			unchanged++
			if kept, _, _ := readAll(t, bytes.NewReader(withIdentifiers(in)), Options{}); !bytes.Equal(kept, sent) {
				t.Errorf("%s: changed, but no repair is noted", name)
			}
		}
		header, _ := splitHead(in)
		if ok && len(repairs) > 0 && isUTF8(header) {
			t.Errorf("%s: repaired %v, but deliver accepts it", name, repairs)
		}
		if len(repairs) > 0 {
			repairedMails++
			checkProperties(t, withIdentifiers(in), Options{})
		}
		checkProperties(t, withIdentifiers(in), sevenBit)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d mails: %d unchanged, %d repaired", all, unchanged, repairedMails)
	if all == 0 {
		t.Error("no mail in the corpus")
	}
}

// isMail reports whether a file looks like a mail.
func isMail(p []byte) bool {
	line, _, _ := bytes.Cut(p[message.MboxLine(p):], []byte("\n"))
	return message.FieldName(line) != "" && len(p) < 4<<20 &&
		(bytes.Contains(p, []byte("\nSubject:")) || bytes.Contains(p, []byte("\nFrom:")))
}

// withIdentifiers returns a mail with a Date and a Message-ID at its beginning, so that
// deliver adds none.
func withIdentifiers(p []byte) []byte {
	return append([]byte(fixed), p[message.MboxLine(p):]...)
}

func isUTF8(p []byte) bool { return inUTF8(p) == string(p) }
