package postgres

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"net"
	"os"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"mailpipe/internal/oserror"
	"mailpipe/internal/spool"
)

// The hints of errors.
const (
	hintInit  = "create the tables: mailpipe queue init --spool "
	hintGrant = `grant the role what "mailpipe queue init" prints`
	hintOwner = "use a role that may create a schema in the database"
	hintCA    = "name the file with the authority's certificate in $PGSSLROOTCERT, or in the URL: ?sslrootcert=FILE"
	hintNoTLS = "if the network is trusted, add ?sslmode=disable to the URL"
)

// fail returns an error of the spool.
func (s *store) fail(kind spool.Kind, err error, hint string) error {
	if hint == hintInit {
		hint += s.name
	}
	return &spool.Error{Where: s.name, Kind: kind, Err: err, Hint: hint}
}

// failed returns the error of the spool for one of pgconn, which may be nil.
func (s *store) failed(err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		kind, hint := kindOf(e)
		if s.creates && hint == hintGrant {
			hint = hintOwner
		}
		return s.fail(kind, words(e), hint)
	}
	reason := errors.New(connectWords(err))
	_, isCertificate := errors.AsType[*tls.CertificateVerificationError](err)
	_, isName := errors.AsType[x509.HostnameError](err)
	switch {
	case pgconn.Timeout(err):
		return s.fail(spool.Unreachable, errors.New("no answer from the server in time"), "")
	case isName:
		return s.fail(spool.NotAllowed, reason, "name the host in the URL as its certificate does")
	case isCertificate:
		return s.fail(spool.NotAllowed, reason, hintCA)
	case strings.HasSuffix(err.Error(), "server refused TLS connection"):
		return s.fail(spool.NotAllowed, reason, hintNoTLS)
	}
	return s.fail(spool.Unreachable, reason, "")
}

// kindOf returns what an error of the server means, and what to do about it.
func kindOf(e *pgconn.PgError) (kind spool.Kind, hint string) {
	class := e.Code[:min(2, len(e.Code))]
	switch e.Code {
	case "42P01", "3F000": // a table or the schema does not exist
		return spool.BadSchema, hintInit
	case "3D000": // the database does not exist
		return spool.BadSchema, ""
	case "42501": // insufficient privilege
		return spool.NotAllowed, hintGrant
	case "53300", // too many clients
		"25006", // read only
		"55P03", // lock timeout
		"23505": // unique violation: an attempt to store the same message ended a moment ago
		return spool.Unreachable, ""
	}
	switch class {
	case "28": // invalid authorization
		return spool.NotAllowed, ""
	case "08": // connection exception; PgBouncer has no other code
		if strings.Contains(e.Message, "authentication failed") {
			return spool.NotAllowed, ""
		}
		return spool.Unreachable, ""
	case "40", // transaction rollback: serialization, deadlock
		"57": // operator intervention: starting up, shutting down, canceled
		return spool.Unreachable, ""
	}
	return spool.IO, ""
}

// words returns the words of the server.
func words(e *pgconn.PgError) error {
	text := e.Severity + ": " + e.Message
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	return errors.New(text + " (SQLSTATE " + e.Code + ")")
}

// connectWords returns why a connection cannot be made to any host, or broke, on one line.
func connectWords(err error) string {
	if e, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		err = e.Unwrap()
	}
	causes := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		causes = joined.Unwrap()
	}
	var words []string
	for _, cause := range causes {
		text := cause.Error()
		call, isCall := errors.AsType[*net.OpError](cause)
		_, isSystem := errors.AsType[*os.SyscallError](cause)
		if isCall && isSystem && call.Addr != nil {
			text = call.Addr.String() + ": " + oserror.Reason(call).Error()
		}
		words = append(words, text)
	}
	return strings.Join(words, "; ")
}

// damage returns the error for a row that is not what was written.
func damage(id string, err error) error {
	return &spool.DamageError{Name: id, Reason: err.Error()}
}

// notReplicated is the error for a commit whose wait for the synchronous standby was
// canceled. The server gives no more than a warning then.
func (s *store) notReplicated() error {
	return s.fail(spool.Unreachable, errors.New("the server did not wait for its standby"), "")
}

// exists is the error for an ID that another message has.
func (s *store) exists() error { return s.fail(spool.CannotCreate, fs.ErrExist, "") }
