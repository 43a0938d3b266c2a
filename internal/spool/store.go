package spool

import (
	"io"
	"time"
)

// A Store is where a spool keeps its entries and records: a directory, or the tables of
// a database (package postgres). Its methods may be called concurrently. Those that take
// an ID get one for which IsID holds. Errors are those of the methods of Spool.
type Store interface {
	Name() string
	Close() error

	// Shared reports whether other machines use the store. Then an entry must name
	// nothing of this machine, and nothing that an entry names is run or opened.
	Shared() bool

	// Now returns the time by the clock that decides: that of this machine, or of the
	// database.
	Now() time.Time

	// Changed returns when an entry was last created or changed by any process.
	Changed() (time.Time, error)

	// Create begins an entry. If there is one with this ID, or another process has begun
	// one, the error wraps fs.ErrExist. It is that of Commit if a database is not asked
	// before.
	Create(id string) (Content, error)

	// Claim locks an entry, and returns its envelope and its dot, which is nil if there
	// is none.
	Claim(id string) (Claim, *Envelope, *Dot, error)

	Read(id string) (*Envelope, error)
	Look(ids []string) []Seen
	IDs(suffix string) ([]string, error)
	Others(id string) (bool, error)
	Scan(ids []string, do func(id string, e *Envelope, err error)) error
	Sweep(now time.Time) error

	// A record is a small JSON value that processes change in turn. It need not be
	// durable. ReadRecord reads it into v, which stays as it is if there is none.
	// ChangeRecord reads it into v, calls change, and writes v.
	ReadRecord(name string, v any) error
	ChangeRecord(name string, v any, change func()) error
	RemoveRecord(name string) error
	Records(prefix string) (names []string, err error)

	// Lock locks a name until release is called, or this process dies. If another
	// process has the lock, the error is ErrInUse.
	Lock(name string) (release func(), err error)
}

// A Content is the content of an entry that does not exist yet. Writes and reads may
// be in turn. Whoever began it must call Close, which removes it unless it was committed.
type Content interface {
	io.Writer
	Reader(size int64) io.Reader // of the first octets that were written

	// Commit makes it an entry that this process has locked. When it returns without an
	// error, the entry is durable. After an error there is none, unless that is
	// ErrUncertain. The claim is nil if this process may add entries but not send them, or
	// if the same message was stored before, and is finished.
	Commit(e *Envelope) (Claim, error)
	Close() error
}

// A Claim is the lock of this process on an entry. If the store gave it to another process
// meanwhile, Save, SetDot and Remove do nothing and return ErrLost.
type Claim interface {
	// Content returns the content, from its beginning, and its name in messages.
	Content() (r io.Reader, name string)

	Save(e *Envelope) error // and removes the dot
	SetDot(d Dot) error
	Remove() error
	Forget() error // like Remove, but the same message may be stored again
	Close() error
}

// A Seen is an entry as others see it that do not lock it.
type Seen struct {
	*Envelope
	InUse bool  // a process has locked it
	Err   error // why it cannot be read; then there is no envelope
}
