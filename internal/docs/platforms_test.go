package docs

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The table of platforms in the README is what .ci/run checks and what make dist
// builds.
func TestPlatforms(t *testing.T) {
	_, text, _ := strings.Cut(readme(t), "\n## Platforms\n")
	text, _, _ = strings.Cut(text, "\n## ")
	rows := map[string][]string{}
	for _, row := range regexp.MustCompile(`(?m)^\| (.*) \| (.*/.*) \|$`).FindAllStringSubmatch(text, -1) {
		rows[row[1]] = strings.Split(row[2], ", ")
	}

	ci := read(t, filepath.Join(root, ".ci/run"))
	list := regexp.MustCompile(`(?m)^for system in (.*); do\n\tstep "go vet for \$system"`).FindStringSubmatch(ci)
	if list == nil {
		t.Fatal(".ci/run has no list of systems to vet for")
	}
	vetted := strings.Fields(list[1])
	sameNames(t, "go vet", rows["`go vet`, with the tests"], vetted)
	sameNames(t, "all tests", rows["all tests"], []string{"linux/amd64"})
	sameNames(t, "wine", rows["some commands, under wine"], []string{"windows/amd64"})
	if !regexp.MustCompile(`(?m)^\twine64 `).MatchString(ci) {
		t.Error(".ci/run does not install wine64, which TestWindows of internal/cli needs")
	}

	if !strings.Contains(ci, "\nstep 'make dist' ") {
		t.Error(".ci/run does not build the archives of all platforms")
	}
	build := read(t, filepath.Join(root, "internal/pack/build.go"))
	_, build, _ = strings.Cut(build, "\nvar platforms = []string{\n")
	build, _, _ = strings.Cut(build, "\n}\n")
	var others []string
	for _, name := range regexp.MustCompile(`"(.*?)"`).FindAllStringSubmatch(build, -1) {
		if name[1] != "linux/amd64" && !slices.Contains(vetted, name[1]) {
			others = append(others, name[1])
		}
	}
	sameNames(t, "a build only", rows["a build only"], others)

	script := read(t, filepath.Join(root, "testdata/windows/unix.txtar"))
	_, only, _ := strings.Cut(text, "Only Unix has")
	only, _, _ = strings.Cut(only, ".")
	names := regexp.MustCompile("`(.*?)`").FindAllStringSubmatch(only, -1)
	if len(names) < 5 {
		t.Errorf("%q names too little", only)
	}
	for _, name := range names {
		if !strings.Contains(script, name[1]) {
			t.Errorf("%s: no test of Windows has it", name[1])
		}
	}
}

func sameNames(t *testing.T, what string, got, want []string) {
	t.Helper()
	got, want = slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))
	if len(want) == 0 || !slices.Equal(got, want) {
		t.Errorf("%s: the README has %q, not %q", what, got, want)
	}
}
