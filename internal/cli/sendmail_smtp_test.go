package cli

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A session reads its configuration and its aliases once, before its greeting.
func TestSessionReadsOnce(t *testing.T) {
	h := newHost(t, "")
	aliases := filepath.Join(h.dir, "aliases")
	config := filepath.Join(h.dir, ".config/mailpipe/config.toml")
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, "aliases = \""+aliases+"\"\n"...)
	for name, content := range map[string]string{config: string(text), aliases: "root: admin@example.org, |x\n"} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, h.sendmail, "-bs")
	cmd.Env = []string{"HOME=" + h.dir, "GORACE=" + os.Getenv("GORACE")}
	in, _ := cmd.StdinPipe()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	replies := bufio.NewReader(out)
	if greeting, err := replies.ReadString('\n'); err != nil || !strings.HasPrefix(greeting, "220 ") {
		t.Fatalf("%q, %v", greeting, err)
	}
	for _, name := range []string{config, aliases} {
		if err := os.WriteFile(name, []byte("!"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	mail := "MAIL FROM:<al@example.net>\r\nRCPT TO:<root>\r\nDATA\r\nSubject: x\r\n\r\nx\r\n.\r\n"
	io.WriteString(in, mail+mail)
	in.Close()
	rest, err := io.ReadAll(replies)
	if err != nil || cmd.Wait() != nil {
		t.Errorf("%v, %s", err, rest)
	}
	mails := received(t, h.box)
	if len(mails) != 2 {
		t.Fatalf("%d mails, %s", len(mails), rest)
	}
	for _, mail := range mails {
		if !strings.Contains(mail, "\nDelivered-To: admin@example.org\n") {
			t.Errorf("%s", mail)
		}
	}
	if n := strings.Count(h.log(t), "commands are not supported"); n != 2 { // once for each mail
		t.Errorf("%s", h.log(t))
	}
}
