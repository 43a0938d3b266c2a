package cli

import (
	"runtime/debug"
	"testing"
)

func TestVersionOf(t *testing.T) {
	const (
		commit = "0123456789abcdef0123456789abcdef01234567"
		date   = "2026-03-01T12:00:00Z"
		pseudo = "v0.0.0-20260301120000-0123456789ab"
	)
	for _, tt := range []struct{ module, commit, modified, want string }{
		{"v1.2.3", "", "", "v1.2.3"}, // from a proxy
		{"v1.2.3", commit, "false", "v1.2.3"},
		{"v1.2.3-rc.1", commit, "false", "v1.2.3-rc.1"},
		{"v1.2.3+dirty", commit, "true", "v1.2.3 (modified)"},
		{pseudo, "", "", pseudo},
		{pseudo, commit, "false", "commit 0123456789ab of " + date},
		{"v1.2.4-0.20260301120000-0123456789ab+dirty", commit, "true", "commit 0123456789ab of " + date + " (modified)"},
		{"(devel)", commit, "false", "commit 0123456789ab of " + date},
		{"", commit, "true", "commit 0123456789ab of " + date + " (modified)"},
		{"(devel)", "", "", "(devel)"},
		{"", "", "", "(devel)"},
	} {
		info := &debug.BuildInfo{Main: debug.Module{Version: tt.module}}
		if tt.commit != "" {
			info.Settings = []debug.BuildSetting{
				{Key: "vcs.revision", Value: tt.commit}, {Key: "vcs.time", Value: date},
				{Key: "vcs.modified", Value: tt.modified},
			}
		}
		if got := versionOf(info); got != tt.want {
			t.Errorf("%q, commit %q, modified %q: %q, want %q", tt.module, tt.commit, tt.modified, got, tt.want)
		}
	}
}
