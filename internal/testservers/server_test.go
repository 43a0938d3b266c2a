//go:build linux

package testservers

// Server is a real mail server that runs for a test. Its doors are host:port;
// those that it has not are empty.
type Server struct {
	Certificate
	Box
	Open   string // SMTP for everybody, with STARTTLS where it works
	Slow   string // the same, but the answer to the dot takes a minute
	Login  string // SMTP after a login over STARTTLS
	TLS    string // SMTP after a login, TLS from the first octet
	LMTP   string
	Socket string // LMTP on a Unix socket: a path
	jail   *jail
	logs   []string // files in the jail
}

// Log is what the server has written into its logs.
func (s *Server) Log() string {
	text := s.jail.log()
	for _, name := range s.logs {
		text += s.jail.read(name)
	}
	return text
}

// Kill ends all processes of the server at once, as kill -9 does.
func (s *Server) Kill() { s.jail.kill() }
