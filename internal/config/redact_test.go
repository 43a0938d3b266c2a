package config

import (
	"strings"
	"testing"
)

// Only the name of a command is shown, whatever separates it from its
// arguments.
func TestShown(t *testing.T) {
	for _, tt := range []struct{ key, value, want string }{
		{"password_command", "pass", "pass"},
		{"password_command", " /usr/bin/pass ", "/usr/bin/pass"},
		{"password_command", "pass show hunter2", "pass [hidden]"},
		{"password_command", "echo\thunter2", "echo [hidden]"},
		{"password_command", "echo\nhunter2", "echo [hidden]"},
		{"password_command", "echo\u00a0hunter2", "echo [hidden]"},
		{"password_command", "P=hunter2 pass", "[hidden]"},
		{"password_command", "echo<<<hunter2", "[hidden]"},
		{"password_command", "'echo' hunter2", "[hidden]"},
		{"server", "pipe:ssh", "pipe:ssh"},
		{"server", "pipe:sshpass -phunter2 ssh h", "pipe:sshpass [hidden]"},
		{"server", "PIPE:sshpass -phunter2 ssh h", "PIPE:sshpass [hidden]"},
		{"server", "pipe:  curl -u bob:hunter2", "pipe:curl [hidden]"},
		{"server", "pipe:P=hunter2 relay", "pipe:[hidden]"},
		{"server", "pipe:(relay hunter2)", "pipe:[hidden]"},
		{"server", "smtps://bob@h", "smtps://bob@h"},
		{"server", "sink:a dir", "sink:a dir"},
		{"user", "bob smith", "bob smith"},
	} {
		if got := Shown(tt.key, tt.value); got != tt.want {
			t.Errorf("%s = %q: %q, want %q", tt.key, tt.value, got, tt.want)
		}
	}
}

// The password of a pipe: command is neither in the list nor in errors, nor in
// the name of the server, which errors, traces and charts show.
func TestPipeIsHidden(t *testing.T) {
	const command = "pipe:sshpass -phunter2 ssh h"
	s, err := settle(t, "[accounts.a]\nserver = \""+command+"\"", flags(), env(), "a")
	if err != nil {
		t.Fatal(err)
	}
	if server := s.Servers[0]; server.Name != "pipe:sshpass [hidden]" || "pipe:"+server.Path != command {
		t.Errorf("the server is %+v", server)
	}
	if got := listed(s); strings.Contains(got, "hunter2") || !strings.Contains(got, "server=pipe:sshpass [hidden] :2\n") {
		t.Errorf("the list is\n%s", got)
	}
	_, err = Settle(flags("server="+command+"\n"), env(), Choice{})
	checkSettingError(t, err, `--server "pipe:sshpass [hidden]": contains a control character`)
	_, err = Settle(flags("server=="+command), env(), Choice{})
	checkSettingError(t, err, `--server "=pipe:sshpass [hidden]": begins with = (did you mean pipe:sshpass [hidden]?)`)
}
