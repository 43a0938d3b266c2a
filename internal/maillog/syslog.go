package maillog

import (
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"time"
)

// socket is where syslog listens. Tests change it.
var socket = "/dev/log"

// Priorities of a line: the facility mail, and a severity (RFC 3164 §4.1.1).
const (
	mailErr  = 2<<3 | 3
	mailInfo = 2<<3 | 6
)

// ToSyslog sends a line to syslog as mail.info, or as mail.err if the mail failed. Of
// the tag, it uses the 32 characters that a tag may have (RFC 3164 §4.1.3).
func ToSyslog(tag string, failed bool, line string) error {
	conn, err := dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	priority := mailInfo
	if failed {
		priority = mailErr
	}
	now := time.Now()
	conn.SetDeadline(now.Add(wait))
	_, err = fmt.Fprintf(conn, "<%d>%s %.32s[%d]: %s\n", priority, now.Format(time.Stamp), tag, os.Getpid(), line)
	return err
}

// dial connects to the socket, which is one for datagrams or for a stream.
func dial() (net.Conn, error) {
	if runtime.GOOS == "windows" {
		return nil, errors.New("only Unix has a syslog; --log FILE writes to a file")
	}
	conn, err := net.DialTimeout("unixgram", socket, wait)
	if err != nil {
		return net.DialTimeout("unix", socket, wait)
	}
	return conn, nil
}
