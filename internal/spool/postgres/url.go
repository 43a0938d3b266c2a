package postgres

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgservicefile"
	"github.com/jackc/pgx/v5/pgconn"
)

// A UsageError means that a URL is not valid.
type UsageError struct {
	Err  error
	Hint string // what to do, or empty
}

// Error returns the reason. It has no secret.
func (e *UsageError) Error() string { return e.Err.Error() }

// Unwrap returns the reason.
func (e *UsageError) Unwrap() error { return e.Err }

// connectTimeout is how long a connection to one address may take.
const connectTimeout = 5 * time.Second

// identity lists the parameters of a URL that say which database it is.
var identity = []string{"host", "port", "dbname", "user", "service"}

// parameters lists all that a URL may have.
var parameters = append([]string{
	"application_name", "channel_binding", "connect_timeout", "passfile", "require_auth", "sslcert", "sslcertmode",
	"sslkey", "sslmode", "sslnegotiation", "sslrootcert", "sslsni", "target_session_attrs",
}, identity...)

// parse reads a URL, the variables of libpq, its file of services and that of passwords.
func parse(where string) (*pgconn.Config, error) {
	given, err := checkURL(where)
	if err != nil {
		return nil, err
	}
	read := pgconn.ParseConfig
	if !slices.Contains(given, "sslmode") && os.Getenv("PGSSLMODE") == "" && !inService(where, "sslmode") {
		read = verifyRemote
	}
	config, err := read(where)
	if err != nil {
		return nil, invalid(err)
	}
	config.ConnectTimeout = cmp.Or(config.ConnectTimeout, connectTimeout)
	if len(config.Fallbacks) > 0 && config.ValidateConnect == nil {
		config.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "mailpipe"
	}
	return config, nil
}

// checkURL returns an error if a URL has a password, or a parameter that is not known. It
// returns the names of the parameters.
func checkURL(where string) (given []string, err error) {
	_, rest, _ := strings.Cut(where, "://")
	rest, query, _ := strings.Cut(rest, "?")
	user, _, hasUser := strings.Cut(rest, "@")
	if hasUser && strings.Contains(user, ":") && !strings.Contains(user, "/") {
		return nil, errPassword
	}
	for pair := range strings.SplitSeq(query, "&") {
		raw, _, _ := strings.Cut(pair, "=")
		key, err := url.PathUnescape(raw)
		switch {
		case err != nil || pair == "":
		case strings.Contains(key, "password"):
			return nil, errPassword
		case !slices.Contains(parameters, key):
			return nil, &UsageError{Err: fmt.Errorf("invalid URL of a database: unknown parameter %q", key)}
		default:
			given = append(given, key)
		}
	}
	return given, nil
}

var errPassword = &UsageError{
	Err:  errors.New("invalid URL of a database: it must not have a password"),
	Hint: "write the password to ~/.pgpass, or set $PGPASSWORD",
}

// invalid returns the error for one of pgconn without the URL, which may have a secret.
func invalid(err error) error {
	_, reason, isLong := strings.Cut(err.Error(), "`: ")
	if !isLong {
		reason = err.Error()
	}
	return &UsageError{Err: fmt.Errorf("invalid URL of a database: %s", reason)}
}

// name returns a URL with only those parameters that say which database it is.
func name(where string) string {
	_, rest, _ := strings.Cut(where, "://")
	rest, query, _ := strings.Cut(rest, "?")
	pairs := slices.DeleteFunc(strings.Split(query, "&"), func(pair string) bool {
		key, _, _ := strings.Cut(pair, "=")
		return !slices.Contains(identity, key)
	})
	if len(pairs) > 0 {
		rest += "?" + strings.Join(pairs, "&")
	}
	return "postgres://" + rest
}

// verifyRemote returns the configuration of a URL without a mode of TLS: a server must prove
// its name. For this machine, there is no TLS.
func verifyRemote(where string) (*pgconn.Config, error) {
	separator := "?"
	if strings.Contains(where, "?") {
		separator = "&"
	}
	config, err := pgconn.ParseConfig(where + separator + "sslmode=verify-full")
	if err != nil {
		return nil, err
	}
	if isLocal(config.Host) {
		config.TLSConfig = nil
	}
	for _, other := range config.Fallbacks {
		if isLocal(other.Host) {
			other.TLSConfig = nil
		}
	}
	return config, nil
}

// isLocal reports whether a host is this machine: a Unix socket, or loopback.
func isLocal(host string) bool {
	return filepath.IsAbs(host) || host == "localhost" || net.ParseIP(host).IsLoopback()
}

// inService reports whether the service that a URL or $PGSERVICE names has a setting.
func inService(where, key string) bool {
	service := os.Getenv("PGSERVICE")
	if u, err := url.Parse(where); err == nil {
		service = cmp.Or(u.Query().Get("service"), service)
	}
	home, _ := os.UserHomeDir()
	path := cmp.Or(os.Getenv("PGSERVICEFILE"), filepath.Join(home, ".pg_service.conf"))
	file, err := pgservicefile.ReadServicefile(path)
	if service == "" || err != nil {
		return false
	}
	settings, err := file.GetService(service)
	return err == nil && settings.Settings[key] != ""
}
