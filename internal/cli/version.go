package cli

import (
	"fmt"
	"runtime/debug"
	"strings"
)

// version returns the version that the build has recorded.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = new(debug.BuildInfo)
	}
	return versionOf(info)
}

// versionOf returns the version of a build. If the build is not of a version, that is
// the commit and its date.
func versionOf(info *debug.BuildInfo) string {
	var commit, date, modified string
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			commit = s.Value
		case "vcs.time":
			date = s.Value
		case "vcs.modified":
			modified = s.Value
		}
	}
	text := strings.TrimSuffix(info.Main.Version, "+dirty")
	if text == "" {
		text = "(devel)" // as go(1) calls a build of which it knows nothing
	}
	// A pseudo-version, such as v0.0.0-20260301120000-0123456789ab, ends with the commit.
	isPseudo := strings.HasSuffix(text, fmt.Sprintf("-%.12s", commit))
	if commit != "" && (isPseudo || text == "(devel)") {
		text = fmt.Sprintf("commit %.12s of %s", commit, date)
	}
	if modified == "true" {
		text += " (modified)"
	}
	return text
}
